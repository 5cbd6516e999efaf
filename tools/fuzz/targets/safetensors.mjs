// safetensors files: decoded from memory, and listed and read from a file. Both must agree.

import { deepEqual } from "node:assert/strict";
import { decodeSafetensors, openCheckpoint, readSafetensors, WeightFileError } from "@dit-bench/weights";
import { mutateJson } from "../mutate-json.mjs";
import { seedsIn, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** @type {Target} */
export const target = {
  name: "safetensors",
  errors: [WeightFileError],
  seeds: () => [
    ...seedsIn("packages/weights/src/fixtures/checkpoints", /\.safetensors$/),
    ...seedsIn("packages/weights/src/fixtures", /every-type\.safetensors$/),
  ],
  edit(seed, numbers) {
    const length = Number(seed.readBigUInt64LE(0));
    const header = Buffer.from(mutateJson(seed.toString("utf8", 8, 8 + length), numbers));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([prefix, header, seed.subarray(8 + length)]);
  },
  async read(input, folder) {
    const path = writeInput(folder, "input", input);
    /** @type {string[] | undefined} */
    let decoded;
    try {
      decoded = [...decodeSafetensors(input).tensors.keys()];
    } catch (error) {
      if (!(error instanceof WeightFileError)) throw error;
    }
    if (decoded) deepEqual([...readSafetensors(path).tensors.keys()], decoded);
    const checkpoint = await openCheckpoint(path); // it may be a file of another kind now
    if (decoded) deepEqual([...checkpoint.tensors.keys()].sort(), decoded.sort());
    for (const name of checkpoint.tensors.keys()) checkpoint.read(name);
  },
};
