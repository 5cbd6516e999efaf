// Compares density and coverage with the authors' package prdc, and the copy rate with NumPy.

import { join } from "node:path";
import { copyRate } from "@dit-bench/metrics";
import { readNpz } from "@dit-bench/weights";
import { runBench, runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "neighbours";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  const target = join(folder, `neighbours-${size}`);
  const reference = JSON.parse(runPython(python, "neighbours.py", size, target));
  const pathOf = (/** @type {string} */ set) => join(target, `${set}.npz`);
  const sizeText = {
    tiny: "120, 150 and 60 samples, 16 features",
    true: "1,000, 3,000 and 700 samples, 2,048 features",
  }[size];
  const ours = runBench("fid", pathOf("generated"), pathOf("training"));
  // Rounding may decide a comparison of two nearly equal lengths: the tolerance is one sample of the set.
  const [generatedCount, trainingCount] = ours.counts;
  yield {
    part: "density by prdc",
    size: sizeText,
    worst: Math.abs(ours.density - reference.density),
    tolerance: 1 / generatedCount,
  };
  yield {
    part: "coverage by prdc",
    size: sizeText,
    worst: Math.abs(ours.coverage - reference.coverage),
    tolerance: 1 / trainingCount,
  };
  const [generated, training, heldOut] = await Promise.all(["generated", "training", "held-out"].map(featuresOf));
  const dimension = ours.dimension;
  const copies = copyRate(generated, training, heldOut, dimension, { resamples: 20, seed: 0, level: 0.95 });
  yield {
    part: "copy rate by NumPy",
    size: sizeText,
    worst: Math.abs(copies.rate - reference.rate),
    tolerance: 1 / generatedCount,
  };
  yield {
    part: "copy rate by NumPy, its distance, relative",
    size: sizeText,
    worst: Math.abs(copies.distance / reference.distance - 1),
    tolerance: 1e-8,
  };

  async function featuresOf(/** @type {string} */ set) {
    const arrays = await readNpz(pathOf(set));
    return /** @type {Float32Array} */ (arrays.get("features")?.data);
  }
}
