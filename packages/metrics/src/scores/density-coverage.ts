// Density and coverage.
//
// M, N = samples of the generated and the real set, D = dimensions

import { centerBoth, checkNeighbours, forEachRow, neighbourRadii } from "../neighbours.ts";
import { sampleCount } from "../statistics.ts";

/** k in the example of the package prdc, and the default of dgm-eval. */
export const densityNeighbours = 5;

export interface DensityCoverage {
  /** Mean number of real balls that a generated sample lies in, divided by k: fidelity. It may exceed 1. */
  readonly density: number;
  /** Share of the real samples whose ball holds a generated sample: variety. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al., 2020, https://arxiv.org/abs/2002.09797). Around each real sample is a ball whose
 * radius is the distance to its k-th nearest other real sample. Balls are open, as in the authors' package prdc. Both
 * scores use the balls of the real set alone, so that an outlier among the generated samples does not change them much.
 *
 * For two sets of one distribution the density is about 1, and the expected coverage is
 * 1 - (N - 1) ⋯ (N - k) / ((M + N - 1) ⋯ (M + N - k)) (Lemma 2 there): 0.97 for k = 5 and M = N.
 *
 * Both scores depend on the numbers of samples and on k: compare them only at equal numbers.
 *
 * @param generated [M, D] row-major
 * @param real [N, D] row-major
 * @param neighbours k
 * @throws when a set has no more than k samples, or values that are not finite (the message names the row)
 */
export function densityCoverage(
  generated: Float32Array | Float64Array,
  real: Float32Array | Float64Array,
  dimension: number,
  neighbours: number = densityNeighbours,
): DensityCoverage {
  const m = sampleCount(generated, dimension, "density and coverage: generated set");
  const n = sampleCount(real, dimension, "density and coverage: real set");
  checkNeighbours("density and coverage", m, n, neighbours);
  const { x_MD, y_ND } = centerBoth(generated, real, dimension);
  const radius_N = neighbourRadii(y_ND, n, dimension, neighbours);
  let pairs = 0;
  const covered_N = new Uint8Array(n);
  forEachRow(x_MD, y_ND, m, n, dimension, (_, squared_N) => {
    for (let j = 0; j < n; j++) {
      if (squared_N[j]! >= radius_N[j]!) continue;
      pairs++;
      covered_N[j] = 1;
    }
  });
  return { density: pairs / (neighbours * m), coverage: covered_N.reduce((sum, x) => sum + x, 0) / n };
}
