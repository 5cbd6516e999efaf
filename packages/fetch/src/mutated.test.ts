// Tests unpack with archives whose bytes are changed at random. It unpacks the archive or throws ArchiveError, writes
// no file outside the target, and ends within two seconds.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { ArchiveError } from "./archive/archive-error.ts";
import { unpack } from "./archive/unpack.ts";
import { makeTar, paxRecords } from "./testing/make-tar.ts";
import { makeZip } from "./testing/make-zip.ts";
import { mutated } from "./testing/mutated.ts";

const place = mkdtempSync(join(tmpdir(), "mutated-"));
afterAll(() => rmSync(place, { recursive: true }));

const entries = [
  { name: "a/1.txt", body: "one" },
  { name: "x", type: "x", body: paxRecords({ path: "b/2.txt" }) },
  { name: "b", body: "x".repeat(700) },
  { name: "c/", type: "5" },
];
const fileEntries = entries.filter((e) => e.type === undefined);
const archives: [string, Buffer][] = [
  ["tar", makeTar(entries)],
  ["tar.gz", gzipSync(makeTar(entries))],
  ["zip", makeZip(fileEntries)],
  ["zip64", makeZip(fileEntries, { zip64: true })],
];

describe("unpack", () => {
  it.each(archives)("unpacks or refuses 300 mutations of a %s file", async (name, archive) => {
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
});
