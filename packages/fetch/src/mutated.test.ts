// Archives and label files with bytes changed at random: an error of ours, or something harmless; never another error, never a file
// outside, never long.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stream } from "@dit-bench/random";
import { afterAll, describe, expect, it } from "vitest";
import { ArchiveError } from "./archive/archive-error.ts";
import { unpack } from "./archive/unpack.ts";
import { MatError } from "./mat/mat-error.ts";
import { parseMat } from "./mat/read-mat.ts";
import { makeTar, paxRecords } from "./testing/make-tar.ts";
import { makeZip } from "./testing/make-zip.ts";

const place = mkdtempSync(join(tmpdir(), "mutated-"));
afterAll(() => rmSync(place, { recursive: true }));

/** Changes, removes, doubles or exchanges a few bytes. */
function mutated(bytes: Buffer, seed: number): Buffer {
  const draw = stream(seed, "mutated.test", 0);
  let copy = Buffer.from(bytes);
  for (let i = 0; i <= draw.integer(4); i++) {
    const at = draw.integer(copy.length);
    const kind = draw.integer(5);
    if (kind === 0) copy[at] = draw.integer(256);
    else if (kind === 1) copy[at]! ^= 1 << draw.integer(8);
    else if (kind === 2) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + draw.integer(64))]);
    else if (kind === 3)
      copy = Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - draw.integer(600)))]);
    else if (at + 4 <= copy.length)
      copy.writeUInt32LE([0, 0xffffffff, 0x7fffffff, 0x80000000, 1][draw.integer(5)]!, at);
    if (copy.length === 0) copy = Buffer.from([0]);
  }
  return copy;
}

const entries = [
  { name: "a/1.txt", body: "one" },
  { name: "x", type: "x", body: paxRecords({ path: "b/2.txt" }) },
  { name: "b", body: "x".repeat(700) },
  { name: "c/", type: "5" },
];
const plain = entries.filter((e) => e.type === undefined);
const archives: [string, Buffer][] = [
  ["tar", makeTar(entries)],
  ["tar.gz", gzipSync(makeTar(entries))],
  ["zip", makeZip(plain)],
  ["zip64", makeZip(plain, { zip64: true })],
];

describe("hundreds of mutations of each", () => {
  it.each(archives)("%s", async (name, archive) => {
    const path = join(place, name);
    let refused = 0;
    let slowest = 0;
    for (let seed = 0; seed < 300; seed++) {
      writeFileSync(path, mutated(archive, seed));
      const start = performance.now();
      try {
        await unpack(path, join(place, "out", "target"), { limits: { bytes: 1e6 } });
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(ArchiveError);
        refused++;
      }
      slowest = Math.max(slowest, performance.now() - start);
      rmSync(join(place, "out", "target"), { recursive: true, force: true });
    }
    expect(readdirSync(join(place, "out"))).toEqual([]);
    expect(readdirSync(place).filter((f) => f !== "out" && !archives.some(([n]) => n === f))).toEqual([]);
    expect(refused).toBeGreaterThan(90);
    expect(slowest).toBeLessThan(2000);
  });

  it.each(["flowers", "cars", "every", "flowers-plain", "cars-plain", "every-plain"])("%s.mat", (name) => {
    const bytes = readFileSync(new URL(`./fixtures/${name}.mat`, import.meta.url));
    for (let seed = 0; seed < 1000; seed++) {
      try {
        parseMat(mutated(bytes, seed));
      } catch (error) {
        expect(error, `seed ${seed}: ${(error as Error).stack}`).toBeInstanceOf(MatError);
      }
    }
  });
});
