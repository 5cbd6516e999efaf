// Compares EfficientNet-Lite0's features with those of a PyTorch implementation that has the same weights.

import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { loadExtractor } from "@dit-bench/runner";
import { readNpz } from "@dit-bench/weights";
import { largestDifference, runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "efficientnet";
export const usesEngine = true;

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size, engine: engineName }) {
  if (size === "tiny") return;
  const target = join(folder, "efficientnet");
  runPython(python, "efficientnet.py", target);
  const reference = await readNpz(join(target, "reference.npz"));
  const expected = Float64Array.from(reference.get("features")?.data ?? [], Number);
  const x_NSSC = channelsLast(Float32Array.from(reference.get("x")?.data ?? [], Number), 6, 3, 224 * 224);
  const images = x_NSSC.map((pixel) => pixel / 127.5 - 1);
  const row = { part: "EfficientNet-Lite0", size: "6 images" };
  const features = async (/** @type {string | undefined} */ weights) => {
    const engine = await createEngine(engineName);
    const extractor = await loadExtractor({ extractor: "efficientnet-lite0", ...(weights && { weights }) }, engine);
    const all = await extractor.run(images);
    const one = await extractor.run(images.slice(0, images.length / 6));
    await extractor.dispose();
    return { all, one };
  };
  const published = await features(join(target, "weights.pth"));
  const part = (/** @type {string} */ what) => `${row.part}, ${what}`;
  yield { ...row, part: part("published weights"), worst: largestDifference(published.all, expected), tolerance: 1e-3 };
  const batched = published.all.slice(0, published.one.length);
  const alone = largestDifference(published.one, batched);
  yield { ...row, part: part("an image alone against the same in a batch"), worst: alone, tolerance: 1e-5 };
  const own = await features(undefined);
  yield {
    ...row,
    part: part("the project's weights, kernels in float16, root mean square relative to that of the features"),
    worst: relativeRootMeanSquare(own.all, expected),
    tolerance: 1e-2,
  };
}

/**
 * @param {Float32Array} x_NCP
 * @param {number} N
 * @param {number} C
 * @param {number} P
 */
function channelsLast(x_NCP, N, C, P) {
  const x_NPC = new Float32Array(x_NCP.length);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let p = 0; p < P; p++) x_NPC[(n * P + p) * C + c] = x_NCP[(n * C + c) * P + p] ?? NaN;
  return x_NPC;
}

/**
 * @param {Float32Array} found
 * @param {Float64Array} expected
 */
function relativeRootMeanSquare(found, expected) {
  const sum = (/** @type {(x: number, i: number) => number} */ f) => expected.reduce((all, x, i) => all + f(x, i), 0);
  return Math.sqrt(sum((x, i) => (x - (found[i] ?? NaN)) ** 2) / sum((x) => x ** 2));
}
