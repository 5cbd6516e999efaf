import { addProduct } from "../linear-algebra/gemm.ts";
import { sampleCount } from "../statistics.ts";

// M, N = samples of the first and the second set, D = dimensions, C = samples taken at a time

const CHUNK = 256;

/**
 * Kernel Inception distance: the unbiased estimate of the squared maximum mean discrepancy with the kernel
 * k(x, y) = (x·y / D + 1)³, over all pairs of samples, in double precision:
 * mean of k within each set over pairs of different samples, less twice its mean over pairs between the sets.
 * Unbiased means that it scatters around 0, below it too, when both sets come from one distribution.
 * Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401. Usual programs average subsets of 1000 and print a thousandfold.
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

/** Sum of k over all pairs; within one set a sample is not paired with itself. */
function sumOfKernel(a_MD: Float64Array, b_ND: Float64Array, m: number, n: number, d: number, within: boolean): number {
  const products_CN = new Float64Array(Math.min(CHUNK, m) * n);
  let sum = 0;
  for (let start = 0; start < m; start += CHUNK) {
    const size = Math.min(CHUNK, m - start);
    products_CN.fill(0);
    const c = { data: products_CN, offset: 0, stride: n };
    const p = { data: a_MD, offset: start * d, stride: d };
    addProduct(c, p, { data: b_ND, offset: 0, stride: d }, size, n, d, 1 / d);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < n; j++) {
        if (within && j === start + i) continue;
        const base = products_CN[i * n + j]! + 1;
        sum += base * base * base;
      }
    }
  }
  return sum;
}
