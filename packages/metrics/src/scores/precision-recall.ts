// Improved precision and recall.
//
// M, N = samples of the first and the second set, D = dimensions

import { centerBoth, checkNeighbours, forEachRow, neighbourRadii } from "../neighbours.ts";
import { sampleCount } from "../statistics.ts";

/** k in the paper. */
export const defaultNeighbours = 3;

export interface PrecisionRecall {
  /** Share of the generated samples on the manifold of the real set: fidelity. */
  readonly precision: number;
  /** Share of the real samples on the manifold of the generated set: variety. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al., 2019, https://arxiv.org/abs/1904.06991). The manifold of a set is
 * a union of balls: around each sample one whose radius is the distance to its k-th nearest other sample. Balls are
 * closed.
 *
 * Both scores depend on the numbers of samples and on k: compare them only at equal numbers.
 *
 * @param generated [M, D] row-major
 * @param real [N, D] row-major
 * @param neighbours k
 * @throws when a set has no more than k samples, or values that are not finite (the message names the row)
 */
export function precisionRecall(
  generated: Float32Array | Float64Array,
  real: Float32Array | Float64Array,
  dimension: number,
  neighbours: number = defaultNeighbours,
): PrecisionRecall {
  const m = sampleCount(generated, dimension, "precision and recall: generated set");
  const n = sampleCount(real, dimension, "precision and recall: real set");
  checkNeighbours("precision and recall", m, n, neighbours);
  const { x_MD, y_ND } = centerBoth(generated, real, dimension);
  const xRadius_M = neighbourRadii(x_MD, m, dimension, neighbours);
  const yRadius_N = neighbourRadii(y_ND, n, dimension, neighbours);
  const inReal_M = new Uint8Array(m);
  const inGenerated_N = new Uint8Array(n);
  forEachRow(x_MD, y_ND, m, n, dimension, (i, squared_N) => {
    for (let j = 0; j < n; j++) {
      if (squared_N[j]! <= yRadius_N[j]!) inReal_M[i] = 1;
      if (squared_N[j]! <= xRadius_M[i]!) inGenerated_N[j] = 1;
    }
  });
  return { precision: share(inReal_M), recall: share(inGenerated_N) };
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, x) => sum + x, 0) / flags.length;
}
