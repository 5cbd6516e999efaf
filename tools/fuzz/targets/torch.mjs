// PyTorch checkpoints, zip and legacy: pickles that are parsed as data.

import { makeZip } from "@dit-bench/fetch/testing";
import { openCheckpoint, WeightFileError } from "@dit-bench/weights";
import { mutate, pick } from "../mutate.mjs";
import { seedsIn, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** The stored entries of an undamaged zip archive, from its directory. @param {Buffer} zip */
function entriesOf(zip) {
  const entries = [];
  for (let at = zip.readUInt32LE(zip.length - 6); zip.readUInt32LE(at) === 0x02014b50; ) {
    const [size, nameLength, begin] = [zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)];
    const data = begin + 30 + zip.readUInt16LE(begin + 26) + zip.readUInt16LE(begin + 28);
    entries.push({ name: zip.toString("utf8", at + 46, at + 46 + nameLength), body: zip.subarray(data, data + size) });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/** @type {Target} */
export const target = {
  name: "torch",
  errors: [WeightFileError],
  seeds: () => seedsIn("packages/weights/src/fixtures/checkpoints", /\.pt$/),
  /** One entry of a zip archive changed, with the right checksum; of a legacy file, any byte of its pickles. */
  edit(seed, numbers) {
    if (seed.toString("latin1", 0, 2) !== "PK") {
      const at = numbers.integer(seed.length);
      return Buffer.concat([seed.subarray(0, at), mutate(seed.subarray(at), [seed], numbers)]);
    }
    const entries = entriesOf(seed);
    const pickles = entries.filter(({ name }) => name.endsWith(".pkl"));
    const chosen = numbers.integer(4) === 0 ? pick(entries, numbers) : pick(pickles, numbers);
    const changed = entries.map((entry) =>
      entry === chosen ? { ...entry, body: mutate(entry.body, [entry.body], numbers) } : entry,
    );
    return makeZip(changed.map((entry) => ({ ...entry, method: 0 })));
  },
  async read(input, folder) {
    const checkpoint = await openCheckpoint(writeInput(folder, "input", input));
    for (const name of checkpoint.tensors.keys()) checkpoint.read(name);
  },
};
