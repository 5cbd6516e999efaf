// Improved precision and recall.
//
// M, N = samples of the first and the second set, D = dimensions, C = samples of a chunk

import { gemmNT } from "../linear-algebra/gemm.ts";
import { sampleCount } from "../statistics.ts";

const CHUNK = 256;

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
  if (!(Number.isInteger(neighbours) && neighbours >= 1))
    throw new RangeError(`precision and recall: ${neighbours} neighbours, wanted a whole number of at least 1`);
  if (Math.min(m, n) <= neighbours)
    throw new Error(
      `precision and recall: ${m} generated and ${n} real samples, ` +
        `wanted more than ${neighbours} of each, for the distance to neighbour ${neighbours}`,
    );
  const center = meanOf(real, dimension);
  const x_MD = centerAt(generated, center);
  const y_ND = centerAt(real, center);
  const xRadius_M = radii(x_MD, m, dimension, neighbours);
  const yRadius_N = radii(y_ND, n, dimension, neighbours);
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

/** The squared distance of each sample to its k-th nearest other sample. */
function radii(x_ND: Float64Array, n: number, d: number, k: number): Float64Array {
  const radius_N = new Float64Array(n);
  const nearest = new Float64Array(k);
  forEachRow(x_ND, x_ND, n, n, d, (i, squared_N) => {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < n; j++) {
      if (j === i || squared_N[j]! >= nearest[k - 1]!) continue;
      let at = k - 1;
      for (; at > 0 && nearest[at - 1]! > squared_N[j]!; at--) nearest[at] = nearest[at - 1]!;
      nearest[at] = squared_N[j]!;
    }
    radius_N[i] = nearest[k - 1]!;
  });
  return radius_N;
}

/** Visits each row of x with its squared distances to all rows of y, |x|² + |y|² - 2 x·y in double precision. */
function forEachRow(
  x_MD: Float64Array,
  y_ND: Float64Array,
  m: number,
  n: number,
  d: number,
  visit: (i: number, squared_N: Float64Array) => void,
): void {
  const xx_M = squaredLengths(x_MD, m, d);
  const yy_N = squaredLengths(y_ND, n, d);
  const rows_CN = new Float64Array(Math.min(CHUNK, m) * n);
  for (let start = 0; start < m; start += CHUNK) {
    const size = Math.min(CHUNK, m - start);
    rows_CN.fill(0);
    const x = { data: x_MD, offset: start * d, stride: d };
    gemmNT({ data: rows_CN, offset: 0, stride: n }, x, { data: y_ND, offset: 0, stride: d }, size, n, d, -2);
    for (let c = 0; c < size; c++) {
      const squared_N = rows_CN.subarray(c * n, (c + 1) * n);
      for (let j = 0; j < n; j++) squared_N[j] = Math.max(0, squared_N[j]! + xx_M[start + c]! + yy_N[j]!);
      visit(start + c, squared_N);
    }
  }
}

/** Shifting both sets keeps all pairwise distances; around the mean fewer digits cancel. */
function centerAt(x: Float32Array | Float64Array, center: Float64Array): Float64Array {
  return Float64Array.from(x, (value, i) => value - center[i % center.length]!);
}

function meanOf(x_ND: Float32Array | Float64Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < x_ND.length; i++) mean[i % d] = mean[i % d]! + x_ND[i]!;
  return mean.map((sum) => (sum * d) / x_ND.length);
}

function squaredLengths(x_ND: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < x_ND.length; i++) {
    const row = Math.floor(i / d);
    out[row] = out[row]! + x_ND[i]! * x_ND[i]!;
  }
  return out;
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, x) => sum + x, 0) / flags.length;
}
