// Kernel Inception distance (KID).
//
// M, N = samples of the first and the second set, D = dimensions, C = samples of a chunk

import { gemmNT } from "../linear-algebra/gemm.ts";
import { sampleCount } from "../statistics.ts";

const CHUNK = 256;

/**
 * Kernel Inception distance: the unbiased estimate of the squared maximum mean discrepancy with the kernel
 * k(x, y) = (x·y / D + 1)³, over all pairs of samples, in double precision: the means of k within each set over pairs
 * of different samples, less twice its mean over pairs between the sets. Unbiased: for two sets of one distribution it
 * scatters around 0, so it can be negative. Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401. Other programs
 * average over subsets of 1000 samples, and often report 1000 times the value.
 *
 * Takes (M + N)² D multiplications: seconds for a few thousand samples.
 *
 * @param a [M, D] row-major
 * @param b [N, D] row-major
 * @throws when a set has fewer than 2 samples, or values that are not finite (the message names the row)
 */
export function kid(a: Float32Array | Float64Array, b: Float32Array | Float64Array, dimension: number): number {
  const m = sampleCount(a, dimension, "kid: first set");
  const n = sampleCount(b, dimension, "kid: second set");
  const a_MD = Float64Array.from(a);
  const b_ND = Float64Array.from(b);
  const withinA = sumOfKernel(a_MD, a_MD, m, m, dimension, true) / (m * (m - 1));
  const withinB = sumOfKernel(b_ND, b_ND, n, n, dimension, true) / (n * (n - 1));
  const between = sumOfKernel(a_MD, b_ND, m, n, dimension, false) / (m * n);
  return withinA + withinB - 2 * between;
}

/** The sum of k over all pairs. @param within a and b are one set: no sample is paired with itself */
function sumOfKernel(a_MD: Float64Array, b_ND: Float64Array, m: number, n: number, d: number, within: boolean): number {
  const dots_CN = new Float64Array(Math.min(CHUNK, m) * n);
  let sum = 0;
  for (let start = 0; start < m; start += CHUNK) {
    const size = Math.min(CHUNK, m - start);
    dots_CN.fill(0);
    const c = { data: dots_CN, offset: 0, stride: n };
    const p = { data: a_MD, offset: start * d, stride: d };
    gemmNT(c, p, { data: b_ND, offset: 0, stride: d }, size, n, d, 1 / d);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < n; j++) {
        if (within && j === start + i) continue;
        const base = dots_CN[i * n + j]! + 1;
        sum += base * base * base;
      }
    }
  }
  return sum;
}
