// Dense double precision products, blocked for the cache; the sums themselves are product-kernel.ts's.
// M, N = rows and columns of the result, K = the summed axis

import { MOST_COLUMNS, MOST_K, type ProductKernel, productKernel } from "./gemm-kernel.ts";

/** Rows of a row-major matrix that lies in a larger array: element (i, j) is `data[offset + i * stride + j]`. */
export interface Rows {
  readonly data: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

/**
 * c += scale p qᵀ. Both factors are read along their rows, so every inner loop walks memory in order.
 *
 * @param c_MN changed in place
 * @param lowerOnly leave out the 4 x 4 blocks wholly above the diagonal: for symmetric results, of which the caller then
 *   reads the lower triangle only
 */
export function addProduct(
  c_MN: Rows,
  p_MK: Rows,
  q_NK: Rows,
  m: number,
  n: number,
  k: number,
  scale: number,
  lowerOnly = false,
): void {
  const kernel = productKernel();
  for (let k0 = 0; k0 < k; k0 += MOST_K) {
    const depth = Math.min(MOST_K, k - k0);
    for (let n0 = 0; n0 < n; n0 += MOST_COLUMNS) {
      const n1 = Math.min(n, n0 + MOST_COLUMNS);
      for (let j = n0; j < n1; j += 4)
        packFour(kernel.columns, (j - n0) * depth, q_NK, j, Math.min(4, n1 - j), k0, depth);
      for (let i = lowerOnly ? n0 & ~3 : 0; i < m; i += 4) {
        const rows = Math.min(4, m - i);
        const end = lowerOnly ? Math.min(n1, i + 4) : n1;
        packFour(kernel.rows, 0, p_MK, i, rows, k0, depth);
        kernel.multiply(Math.ceil((end - n0) / 4), depth);
        addSums(c_MN, kernel, i, rows, n0, end, scale);
      }
    }
  }
}

/** `count` rows of a matrix, from row `i` and column `k0` on, side by side: [K, 4]. What lies beside them stays, and goes into no sum that is read. */
function packFour(out: Float64Array, at: number, from: Rows, i: number, count: number, k0: number, k: number): void {
  const { data, offset, stride } = from;
  for (let row = 0; row < count; row++) {
    const start = offset + (i + row) * stride + k0;
    for (let j = 0, to = at + row; j < k; j++, to += 4) out[to] = data[start + j]!;
  }
}

function addSums(
  { data, offset, stride }: Rows,
  { sums }: ProductKernel,
  i: number,
  rows: number,
  from: number,
  to: number,
  scale: number,
): void {
  for (let row = 0; row < rows; row++) {
    const start = offset + (i + row) * stride;
    for (let j = from; j < to; j++) {
      const column = j - from;
      data[start + j] = data[start + j]! + scale * sums[(column >> 2) * 16 + row * 4 + (column & 3)]!;
    }
  }
}
