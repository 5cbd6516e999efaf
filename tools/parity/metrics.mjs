// Fréchet distance, KID, precision and recall against SciPy, NumPy and torch-fidelity.

import { join } from "node:path";
import { bench, runPython } from "./compare.mjs";

/** @import { Call, Row } from "./types.ts" */

export const name = "metrics";

/**
 * @param {Call} call
 * @returns {AsyncGenerator<Row>}
 */
export async function* measure({ python, folder, size }) {
  const target = join(folder, `metrics-${size}`);
  const theirs = JSON.parse(runPython(python, "metrics.py", size, target));
  const measured = (/** @type {string} */ set) =>
    bench("fid", join(target, `${set}-1.npz`), join(target, `${set}-2.npz`));
  /** @typedef {Record<Call["size"], string>} Sizes */
  /** @type {(part: string, sizes: Sizes, ours: number, expected: number, tolerance: number) => Row} */
  const row = (part, sizes, ours, expected, tolerance) => ({
    part,
    size: sizes[size],
    worst: Math.abs(ours - expected) / Math.max(Math.abs(expected), 1e-300),
    tolerance,
  });
  const full = { tiny: "300 samples, 64 features", true: "4,096 samples, 2,048 features" };
  const singular = { tiny: "40 samples, 64 features", true: "500 samples, 2,048 features" };
  const timed = () => {
    const start = performance.now();
    const { fid } = measured("full");
    return { fid, seconds: (performance.now() - start) / 1e3 };
  };
  const { fid, ...first } = timed();
  yield row("Fréchet distance, full rank, relative", full, fid, theirs.full.singular_values, 1e-8);
  yield row("Fréchet distance by SciPy's matrix square root, relative", full, fid, theirs.full.matrix_root, 1e-8);
  if (size === "true") {
    const seconds = Math.min(first.seconds, timed().seconds, timed().seconds); // other programs may run meanwhile
    yield {
      part: "time of `bench fid`, the best of three",
      size: full[size],
      worst: seconds,
      tolerance: 15,
      unit: "s",
    };
  }
  const short = measured("singular");
  yield row("Fréchet distance, singular, relative", singular, short.fid, theirs.singular.singular_values, 1e-8);
  yield row("KID, relative", singular, short.kid, theirs.kid, 1e-8);
  // Rounding may decide a comparison of two nearly equal lengths: the tolerance is one sample of the set.
  const one = { tiny: 1 / 40, true: 1 / 500 }[size];
  yield row("KID by torch-fidelity, relative", singular, short.kid, theirs.fidelity.kid, 1e-8);
  for (const [by, values] of /** @type {const} */ ([
    ["", theirs],
    [" by torch-fidelity", theirs.fidelity],
  ]))
    for (const what of ["precision", "recall"])
      yield { part: `${what}${by}`, size: singular[size], worst: Math.abs(short[what] - values[what]), tolerance: one };
}
