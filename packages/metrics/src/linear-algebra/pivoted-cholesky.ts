// Pivoted Cholesky factorization of a covariance.
//
// D = dimensions, R = rank found, B = pivots between two updates of the remainder

import { gemmNT } from "./gemm.ts";

/** B */
const BLOCK = 32;

/** Σ = rootᵀ root, with as many rows as Σ has rank. */
export interface CovarianceRoot {
  readonly rank: number;
  /** [R, D] row-major; row i is zero at the coordinates pivots[0 .. i - 1]. */
  readonly root_RD: Float64Array;
  /** All D coordinates in the order of elimination; those after the first R were never pivots. */
  readonly pivots_D: Uint32Array;
}

/**
 * Cholesky factorization with complete pivoting, which finds the rank: it stops when no remaining variance exceeds D
 * times the rounding unit times the largest variance. Higham, "Analysis of the Cholesky decomposition of a
 * semi-definite matrix", 1990; the tolerance is that of LAPACK's dpstrf.
 *
 * @param covariance_DD symmetric, row-major; only its lower triangle is read
 * @throws if a remaining variance is negative beyond rounding: the matrix is no covariance
 */
export function covarianceRoot(covariance_DD: Float64Array, dimension: number): CovarianceRoot {
  const d = dimension;
  // The covariance minus the part that the rows found so far explain; it shrinks to [n, n] at stride d.
  const remainder_DD = Float64Array.from(covariance_DD);
  const coordinates = Uint32Array.from({ length: d }, (_, i) => i); // of the remainder's rows
  // The remainder's diagonal, always up to date.
  const variances = Float64Array.from({ length: d }, (_, i) => remainder_DD[i * d + i]!);
  const rows_DB = new Float64Array(d * BLOCK); // the block's rows of the root, transposed, at the remaining coordinates
  const root_RD = new Float64Array(d * d);
  const pivots: number[] = [];
  const largest = variances.reduce((a, b) => Math.max(a, b), 0);
  const negligible = d * Number.EPSILON * largest;
  const isPivot = new Uint8Array(d);

  for (let n = d, finished = false; n > 0 && !finished; ) {
    rows_DB.fill(0);
    isPivot.fill(0);
    let b = 0;
    for (; b < BLOCK && b < n; b++) {
      const p = largestAt(variances, isPivot, n);
      const variance = variances[p]!;
      if (!(variance > negligible)) {
        finished = true;
        break;
      }
      isPivot[p] = 1;
      const deviation = Math.sqrt(variance);
      const row = pivots.push(coordinates[p]!) - 1;
      for (let i = 0; i < n; i++) {
        if (isPivot[i] && i !== p) continue;
        let value = i >= p ? remainder_DD[i * d + p]! : remainder_DD[p * d + i]!;
        for (let k = 0; k < b; k++) value -= rows_DB[i * BLOCK + k]! * rows_DB[p * BLOCK + k]!;
        const entry = i === p ? deviation : value / deviation;
        rows_DB[i * BLOCK + b] = entry;
        root_RD[row * d + coordinates[i]!] = entry;
        variances[i] = variances[i]! - entry * entry;
      }
    }
    n = dropTaken(remainder_DD, rows_DB, coordinates, variances, isPivot, n, d);
    const rows = { data: rows_DB, offset: 0, stride: BLOCK };
    if (b > 0) gemmNT({ data: remainder_DD, offset: 0, stride: d }, rows, rows, n, n, b, -1, true);
    if (finished) refuseNegative(variances, n, largest);
    if (finished)
      return { rank: pivots.length, root_RD, pivots_D: Uint32Array.of(...pivots, ...coordinates.subarray(0, n)) };
  }
  return { rank: pivots.length, root_RD, pivots_D: Uint32Array.from(pivots) };
}

function largestAt(variances: Float64Array, isPivot: Uint8Array, n: number): number {
  let best = -1;
  for (let i = 0; i < n; i++) if (!isPivot[i] && (best < 0 || variances[i]! > variances[best]!)) best = i;
  return best;
}

/** Moves the remaining coordinates to the front, in order, with their rows and variances; returns their number. */
function dropTaken(
  remainder_DD: Float64Array,
  rows_DB: Float64Array,
  coordinates: Uint32Array,
  variances: Float64Array,
  isPivot: Uint8Array,
  n: number,
  d: number,
): number {
  const remaining: number[] = [];
  for (let i = 0; i < n; i++) if (!isPivot[i]) remaining.push(i);
  for (let to = 0; to < remaining.length; to++) {
    const from = remaining[to]!;
    for (let j = 0; j <= to; j++) remainder_DD[to * d + j] = remainder_DD[from * d + remaining[j]!]!;
    rows_DB.copyWithin(to * BLOCK, from * BLOCK, (from + 1) * BLOCK);
    coordinates[to] = coordinates[from]!;
    variances[to] = variances[from]!;
  }
  return remaining.length;
}

/**
 * Rounding statistics to float32 shifts variances by about 1e-7 of the largest; the tolerance of 1e-3 is far above it.
 */
function refuseNegative(variances: Float64Array, n: number, largest: number): void {
  const lowest = variances.subarray(0, n).reduce((a, b) => Math.min(a, b), 0);
  if (lowest < -1e-3 * largest || (largest === 0 && lowest < 0))
    throw new Error(
      `covariance: not positive semidefinite (a variance of ${lowest} remains, the largest is ${largest}): ` +
        "wanted the covariance of a set of features",
    );
}
