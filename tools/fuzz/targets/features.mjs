// Files of features and statistics, of this program and of pytorch-fid.

import { makeZip } from "@dit-bench/fetch/testing";
import { CorruptFileError, encodeSafetensors, WeightFileError } from "@dit-bench/weights";
import { BenchError } from "../../../packages/runner/dist/errors.js";
import { readFeatureFile } from "../../../packages/runner/dist/feature-sets/feature-file.js";
import { statisticsOf } from "../../../packages/runner/dist/feature-sets/feature-set.js";
import { mutateJson } from "../mutate-json.mjs";
import { writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

const about = JSON.stringify({ extractor: "mini-inception/1", weights: "a", resizer: "none" });

/** @param {string} note */
const safetensors = (note) =>
  Buffer.from(
    encodeSafetensors(
      [
        ["features", { type: "F32", shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 7) }],
        ["mu", { type: "F64", shape: [2], data: Float64Array.of(3, 4) }],
        ["sigma", { type: "F64", shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) }],
      ],
      { about: note },
    ),
  );

/**
 * @param {string} type of NumPy
 * @param {readonly number[]} shape
 * @param {Float32Array | Float64Array} data
 */
function npy(type, shape, data) {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0]);
  return Buffer.concat([start, Buffer.from(text), Buffer.from(data.buffer)]);
}

/** @type {Target} */
export const target = {
  name: "features",
  errors: [WeightFileError, BenchError, CorruptFileError],
  seeds: () => [
    safetensors(about),
    makeZip(
      [
        { name: "mu.npy", body: npy("<f8", [2], Float64Array.of(3, 4)) },
        { name: "sigma.npy", body: npy("<f8", [2, 2], Float64Array.of(1, 0, 0, 1)) },
      ].map((entry) => ({ ...entry, method: 0 })),
    ),
    makeZip([{ name: "features.npy", body: npy("<f4", [3, 2], Float32Array.of(1, 2, 3, 4, 5, 7)) }]),
  ],
  edit: (_, numbers) => safetensors(mutateJson(about, numbers).slice(0, 200_000)),
  async read(input, folder) {
    const path = writeInput(folder, "input", input);
    statisticsOf(await readFeatureFile(path, input[0] === 0x50 ? "npz" : "safetensors"));
  },
};
