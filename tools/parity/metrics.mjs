// Compares the Fréchet distance, KID, precision and recall with SciPy, NumPy and torch-fidelity.

import { join } from "node:path";
import { runBench, runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "metrics";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  const target = join(folder, `metrics-${size}`);
  const reference = JSON.parse(runPython(python, "metrics.py", size, target));
  const runFid = (/** @type {string} */ set) =>
    runBench("fid", join(target, `${set}-1.npz`), join(target, `${set}-2.npz`));
  /** @typedef {Record<Call["size"], string>} Sizes */
  /** @type {(part: string, sizes: Sizes, ours: number, expected: number, tolerance: number) => Row} */
  const row = (part, sizes, ours, expected, tolerance) => ({
    part,
    size: sizes[size],
    worst: Math.abs(ours - expected) / Math.max(Math.abs(expected), 1e-300),
    tolerance,
  });
  const fullSizes = { tiny: "300 samples, 64 features", true: "4,096 samples, 2,048 features" };
  const singularSizes = { tiny: "40 samples, 64 features", true: "500 samples, 2,048 features" };
  const timeFid = () => {
    const start = performance.now();
    const { fid } = runFid("full");
    return { fid, seconds: (performance.now() - start) / 1e3 };
  };
  const { fid, ...first } = timeFid();
  yield row("Fréchet distance, full rank, relative", fullSizes, fid, reference.full.singular_values, 1e-8);
  yield row(
    "Fréchet distance by SciPy's matrix square root, relative",
    fullSizes,
    fid,
    reference.full.matrix_root,
    1e-8,
  );
  if (size === "true") {
    const seconds = Math.min(first.seconds, timeFid().seconds, timeFid().seconds); // other programs may run meanwhile
    yield {
      part: "time of `bench fid`, the best of three",
      size: fullSizes[size],
      worst: seconds,
      tolerance: 15,
      unit: "s",
    };
  }
  const singularResult = runFid("singular");
  yield row(
    "Fréchet distance, singular, relative",
    singularSizes,
    singularResult.fid,
    reference.singular.singular_values,
    1e-8,
  );
  yield row("KID, relative", singularSizes, singularResult.kid, reference.kid, 1e-8);
  // Rounding may decide a comparison of two nearly equal lengths: the tolerance is one sample of the set.
  const oneSample = { tiny: 1 / 40, true: 1 / 500 }[size];
  yield row("KID by torch-fidelity, relative", singularSizes, singularResult.kid, reference.fidelity.kid, 1e-8);
  for (const [suffix, values] of /** @type {const} */ ([
    ["", reference],
    [" by torch-fidelity", reference.fidelity],
  ]))
    for (const metric of ["precision", "recall"])
      yield {
        part: `${metric}${suffix}`,
        size: singularSizes[size],
        worst: Math.abs(singularResult[metric] - values[metric]),
        tolerance: oneSample,
      };
}
