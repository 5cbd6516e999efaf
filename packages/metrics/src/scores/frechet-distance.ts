// The Fréchet distance between two Gaussians: FID over Inception features.
//
// D = dimensions, R = rank of the first covariance, S = rank of the second

import { gemmNT } from "../linear-algebra/gemm.ts";
import { type CovarianceRoot, covarianceRoot } from "../linear-algebra/pivoted-cholesky.ts";
import { singularValues } from "../linear-algebra/singular-values.ts";
import type { Statistics } from "../statistics.ts";

/**
 * The Fréchet distance between two Gaussians, |μ1 - μ2|² + tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½): the FID when the statistics are
 * those of Inception features. Dowson and Landau, 1982, https://doi.org/10.1016/0047-259X(82)90077-X; Heusel et al.,
 * 2017, https://arxiv.org/abs/1706.08500.
 *
 * With Σ1 = L1 L1ᵀ and Σ2 = L2 L2ᵀ, tr (Σ1 Σ2)^½ is the sum of the singular values of L1ᵀ L2. This neither squares nor
 * inverts a matrix, so singular covariances (fewer samples than dimensions) need no special case, there are no complex
 * numbers, and the error is about 1e-15 √D tr(Σ1 + Σ2).
 *
 * Swapping the arguments gives the same bits. Statistics with bit-equal covariances give |μ1 - μ2|² exactly.
 *
 * @throws when dimensions differ, values are not finite, or a covariance is not symmetric and positive semidefinite
 */
export function frechetDistance(a: Statistics, b: Statistics): number {
  if (a.dimension !== b.dimension)
    throw new Error(
      `fréchet distance: the first statistics have dimension ${a.dimension}, the second ${b.dimension}: ` +
        "wanted features of one extractor",
    );
  checkStatistics(a);
  checkStatistics(b);
  if (sameCovariance(a, b)) {
    covarianceRoot(a.covariance, a.dimension); // throws if the matrix is no covariance
    return squaredDistance(a.mean, b.mean);
  }
  return distanceOfPrepared(prepareStatistics(a), prepareStatistics(b));
}

/** Statistics with factorized covariance: prepared once, one set can be compared with several. */
export interface PreparedStatistics {
  readonly statistics: Statistics;
  readonly trace: number;
  /** The root of the covariance divided by its trace, so that no square can overflow or underflow. */
  readonly root: CovarianceRoot;
}

/** Checks statistics and factorizes their covariance. Throws the errors of `frechetDistance`. */
export function prepareStatistics(statistics: Statistics): PreparedStatistics {
  checkStatistics(statistics);
  const trace = traceOf(statistics);
  const scaled = trace > 0 ? statistics.covariance.map((x) => x / trace) : statistics.covariance;
  return { statistics, trace, root: covarianceRoot(scaled, statistics.dimension) };
}

/** `frechetDistance` for prepared statistics. */
export function distanceOfPrepared(a: PreparedStatistics, b: PreparedStatistics): number {
  const means = squaredDistance(a.statistics.mean, b.statistics.mean);
  const overlap = Math.sqrt(a.trace) * Math.sqrt(b.trace) * normalizedOverlap(a, b);
  return means + Math.max(0, a.trace + b.trace - 2 * overlap);
}

/** tr (Σ1 Σ2)^½ of the covariances divided by their traces. */
function normalizedOverlap(a: PreparedStatistics, b: PreparedStatistics): number {
  const [first, second] = higherRankFirst(a, b);
  const { rank: r, pivots_D } = first.root;
  const { rank: s } = second.root;
  const d = first.statistics.dimension;
  // In the order of its pivots the first root is upper triangular, which halves the multiplication.
  const first_RD = permuteColumns(first.root.root_RD, pivots_D, r);
  const second_SD = permuteColumns(second.root.root_RD, pivots_D, s);
  const overlap_SR = new Float64Array(s * r);
  const step = 64; // rows per multiplication
  for (let i = 0; i < r; i += step) {
    const c = { data: overlap_SR, offset: i, stride: r };
    const p = { data: second_SD, offset: i, stride: d };
    const q = { data: first_RD, offset: i * d + i, stride: d };
    gemmNT(c, p, q, s, Math.min(step, r - i), d - i, 1);
  }
  return singularValues(overlap_SR, s, r).reduce((sum, x) => sum + x, 0);
}

/** The arguments with the higher rank first; for equal ranks an order that does not depend on the arguments' order. */
function higherRankFirst(a: PreparedStatistics, b: PreparedStatistics): [PreparedStatistics, PreparedStatistics] {
  if (a.root.rank !== b.root.rank) return a.root.rank > b.root.rank ? [a, b] : [b, a];
  const x = a.statistics.covariance;
  const y = b.statistics.covariance;
  const at = x.findIndex((value, i) => value !== y[i]);
  return at < 0 || x[at]! > y[at]! ? [a, b] : [b, a];
}

function permuteColumns(root_RD: Float64Array, order_D: Uint32Array, rank: number): Float64Array {
  const d = order_D.length;
  const out = new Float64Array(rank * d);
  for (let i = 0; i < rank; i++) for (let j = 0; j < d; j++) out[i * d + j] = root_RD[i * d + order_D[j]!]!;
  return out;
}

function checkStatistics({ dimension: d, mean, covariance }: Statistics): void {
  if (mean.length !== d || covariance.length !== d * d)
    throw new Error(
      `fréchet distance: mean has ${mean.length} values and covariance ${covariance.length}, ` +
        `wanted ${d} and ${d * d} for dimension ${d}`,
    );
  const bad = mean.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new Error(`fréchet distance: element ${bad} of the mean is ${mean[bad]}, wanted finite values`);
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, Math.abs(covariance[i * d + i]!));
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      const below = covariance[i * d + j]!;
      const above = covariance[j * d + i]!;
      if (!(Number.isFinite(below) && Number.isFinite(above)))
        throw new Error(
          `fréchet distance: element (${i}, ${j}) of the covariance is ${Number.isFinite(below) ? above : below}, ` +
            "wanted finite values",
        );
      if (Math.abs(below - above) > 1e-6 * largest)
        throw new Error(
          `fréchet distance: covariance is not symmetric: ${below} at (${i}, ${j}), ${above} at (${j}, ${i}): ` +
            "wanted the covariance of a set of features",
        );
    }
}

function sameCovariance(a: Statistics, b: Statistics): boolean {
  return a.covariance.length === b.covariance.length && a.covariance.every((x, i) => x === b.covariance[i]);
}

function traceOf({ dimension: d, covariance }: Statistics): number {
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  return trace;
}

function squaredDistance(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = x[i]! - y[i]!;
    sum += difference * difference;
  }
  return sum;
}
