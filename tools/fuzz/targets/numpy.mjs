// NumPy's .npy and .npz files: read whole, and in batches of rows.

import { makeZip } from "@dit-bench/fetch/testing";
import { openArrays, readNpz, WeightFileError } from "@dit-bench/weights";
import { mutate, pick } from "../mutate.mjs";
import { seedsIn, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const descriptions = [
  "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",
  "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }",
  "{'descr': '|u1', 'fortran_order': False, 'shape': (24,), }",
  "{'descr': '>i2', 'fortran_order': False, 'shape': (), }",
  "{'descr': [('a', '<f4'), ('b', '<i8')], 'fortran_order': False, 'shape': (2,), }",
];

/** A .npy file with this header. @param {string} description */
function npy(description) {
  const header = Buffer.from(`${description}\n`);
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, (header.length >> 8) & 255]);
  return Buffer.concat([start, header, Buffer.alloc(24, 1)]);
}

/** @type {Target} */
export const target = {
  name: "numpy",
  errors: [WeightFileError],
  seeds: () => [...descriptions.map(npy), ...seedsIn("packages/weights/src/fixtures/arrays", /\.npz$/)],
  edit(_, numbers) {
    const seeds = descriptions.map((text) => Buffer.from(text));
    const array = npy(mutate(pick(seeds, numbers), seeds, numbers).toString("latin1"));
    if (numbers.integer(2) === 0) return array;
    const method = pick([0, 8], numbers);
    return makeZip(["mu", "features", "a"].map((name) => ({ name: `${name}.npy`, body: array, method })));
  },
  async read(input, folder) {
    const path = writeInput(folder, "input", input);
    const file = await openArrays(path);
    for (const name of file.arrays.keys())
      try {
        await file.eachRows(name, 1024, async () => {});
      } catch (error) {
        if (!(error instanceof WeightFileError)) throw error; // others may be whole
      }
    if (file.format === "npz")
      await readNpz(path, ["mu", "sigma", "features", "about", "a"], new Map([["about", 1 << 16]]));
  },
};
