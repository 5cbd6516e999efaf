// Pairwise distances between two sets of samples, and distances to the nearest neighbours within a set. All are
// squared, in double precision.
//
// M, N = samples of the first and the second set, D = dimensions, C = samples of a chunk, K = neighbours

import { gemmNT } from "./linear-algebra/gemm.ts";

const CHUNK = 256;
/** Samples of the second set that are compared at once where only the nearest one counts. Bounds the memory. */
const BLOCK = 4096;

/** Both sets minus the mean of the second: this keeps all pairwise distances, and fewer digits cancel. */
export function centerBoth(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  dimension: number,
): { readonly x_MD: Float64Array; readonly y_ND: Float64Array } {
  const center = meanOf(y, dimension);
  return { x_MD: centerAt(x, center), y_ND: centerAt(y, center) };
}

/** The squared distance of each sample to its k-th nearest other sample of the same set. */
export function neighbourRadii(x_ND: Float64Array, n: number, d: number, k: number): Float64Array {
  const radius_N = new Float64Array(n);
  const nearest_K = new Float64Array(k);
  forEachRow(x_ND, x_ND, n, n, d, (i, squared_N) => {
    nearest_K.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < n; j++) {
      if (j === i || squared_N[j]! >= nearest_K[k - 1]!) continue;
      let at = k - 1;
      for (; at > 0 && nearest_K[at - 1]! > squared_N[j]!; at--) nearest_K[at] = nearest_K[at - 1]!;
      nearest_K[at] = squared_N[j]!;
    }
    radius_N[i] = nearest_K[k - 1]!;
  });
  return radius_N;
}

/** The squared distance of each row of x to the nearest row of y, [M]. */
export function nearestDistances(x_MD: Float64Array, y_ND: Float64Array, d: number): Float64Array {
  const m = x_MD.length / d;
  const n = y_ND.length / d;
  const nearest_M = new Float64Array(m).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < n; start += BLOCK) {
    const size = Math.min(BLOCK, n - start);
    forEachRow(x_MD, y_ND.subarray(start * d, (start + size) * d), m, size, d, (i, squared_N) => {
      for (let j = 0; j < size; j++) if (squared_N[j]! < nearest_M[i]!) nearest_M[i] = squared_N[j]!;
    });
  }
  return nearest_M;
}

/**
 * Below this share of |x|² + |y|², a squared distance is computed from the differences: |x|² + |y|² - 2 x·y has lost
 * ten of its sixteen digits there, and two equal rows would not be 0 apart.
 */
const NEAR = 1e-10;

/** Visits each row of x with its squared distances to all rows of y, |x|² + |y|² - 2 x·y in double precision. */
export function forEachRow(
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
      const i = start + c;
      for (let j = 0; j < n; j++) {
        const lengths = xx_M[i]! + yy_N[j]!;
        const squared = lengths + squared_N[j]!;
        squared_N[j] = squared < NEAR * lengths ? squaredDifference(x_MD, i, y_ND, j, d) : squared;
      }
      visit(i, squared_N);
    }
  }
}

/** Throws for a k that is no whole number of at least 1, and for sets with no more than k samples. */
export function checkNeighbours(who: string, m: number, n: number, k: number): void {
  if (!(Number.isInteger(k) && k >= 1))
    throw new RangeError(`${who}: ${k} neighbours, wanted a whole number of at least 1`);
  if (Math.min(m, n) <= k)
    throw new Error(
      `${who}: ${m} generated and ${n} real samples, wanted more than ${k} of each, for the distance to neighbour ${k}`,
    );
}

function centerAt(x: Float32Array | Float64Array, center: Float64Array): Float64Array {
  return Float64Array.from(x, (value, i) => value - center[i % center.length]!);
}

function meanOf(x_ND: Float32Array | Float64Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < x_ND.length; i++) mean[i % d] = mean[i % d]! + x_ND[i]!;
  return mean.map((sum) => (sum * d) / x_ND.length);
}

function squaredDifference(x_MD: Float64Array, i: number, y_ND: Float64Array, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (x_MD[i * d + k]! - y_ND[j * d + k]!) ** 2;
  return sum;
}

function squaredLengths(x_ND: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < x_ND.length; i++) {
    const row = Math.floor(i / d);
    out[row] = out[row]! + x_ND[i]! * x_ND[i]!;
  }
  return out;
}
