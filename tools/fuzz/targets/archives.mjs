// Archives of datasets, tar and zip: unpacked completely or not at all, and nothing outside the target.

import { deepEqual } from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveError, readTexts, unpack } from "@dit-bench/fetch";
import { makeTar, makeZip, paxRecords } from "@dit-bench/fetch/testing";
import { mutate } from "../mutate.mjs";
import { writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const entries = [
  { name: "a/1.txt", body: "one" },
  { name: "x", type: "x", body: paxRecords({ path: "b/2.txt", size: "700" }) },
  { name: "b", body: "x".repeat(700) },
  { name: "g", type: "g", body: paxRecords({ comment: "c" }) },
  { name: "././@LongLink", type: "L", body: `${"long/".repeat(30)}name\0` },
  { name: "c", body: "3" },
  { name: "d/", type: "5" },
];
const files = entries.filter(({ type }) => type === undefined);

/** A header of the tar changed, and its checksum made right. @param {Buffer} block */
function withChecksum(block) {
  if (block.length < 512) return block;
  block.fill(" ", 148, 156);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** @type {Target} */
export const target = {
  name: "archives",
  errors: [ArchiveError],
  seeds: () => [
    makeTar(entries),
    gzipSync(makeTar(entries)),
    makeZip(files),
    makeZip(files.map((entry) => ({ ...entry, method: 0 }))),
    makeZip(files, { zip64: true }),
  ],
  edit(seed, numbers) {
    if (seed[0] !== 0x61) return mutate(seed, [seed], numbers); // only the plain tar begins with a name
    const at = 512 * numbers.integer(seed.length / 512);
    const block = mutate(seed.subarray(at, at + 512), [seed], numbers);
    const padded = Buffer.concat([block, Buffer.alloc((512 - (block.length % 512)) % 512)]);
    return Buffer.concat([seed.subarray(0, at), withChecksum(padded), seed.subarray(at + 512)]);
  },
  async read(input, folder) {
    const path = writeInput(folder, "input", input);
    const place = join(folder, "place");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "other"), "");
    const to = join(place, "target");
    const listing = () => readdirSync(place).sort();
    try {
      await unpack(path, to, { limits: { bytes: 1e6, entries: 2000 } });
      deepEqual(listing(), ["other", "target"]);
    } catch (error) {
      deepEqual(listing(), ["other"], "a refused archive left files");
      throw error;
    } finally {
      rmSync(to, { recursive: true, force: true });
      deepEqual(readdirSync(folder).sort(), ["input", "place"], "files outside the target");
    }
    if (input.subarray(0, 2).toString() === "PK") await readTexts(path, () => true);
  },
};
