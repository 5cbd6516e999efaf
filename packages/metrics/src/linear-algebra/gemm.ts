// Matrix multiplication (GEMM) in double precision, blocked for the cache; gemm-kernel.ts computes the blocks.
//
// M, N = rows and columns of the result, K = the summed axis

import { type GemmKernel, gemmKernel, MAX_COLUMNS, MAX_DEPTH } from "./gemm-kernel.ts";

/** A row-major matrix within a larger array: element (i, j) is `data[offset + i * stride + j]`. */
export interface StridedMatrix {
  readonly data: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

/**
 * c += scale p qᵀ (BLAS: GEMM with op(A) = N and op(B) = T). Both operands are read along their rows, so every inner
 * loop walks memory in order.
 *
 * @param c_MN updated in place
 * @param lowerOnly skips the 4 x 4 blocks above the diagonal, for symmetric results whose lower triangle alone is read
 */
export function gemmNT(
  c_MN: StridedMatrix,
  p_MK: StridedMatrix,
  q_NK: StridedMatrix,
  m: number,
  n: number,
  k: number,
  scale: number,
  lowerOnly = false,
): void {
  const kernel = gemmKernel();
  for (let k0 = 0; k0 < k; k0 += MAX_DEPTH) {
    const depth = Math.min(MAX_DEPTH, k - k0);
    for (let n0 = 0; n0 < n; n0 += MAX_COLUMNS) {
      const n1 = Math.min(n, n0 + MAX_COLUMNS);
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

/**
 * Packs `count` rows of a matrix, from row `i` and column `k0` on, as [K, 4]. With fewer than four rows the other
 * columns keep old numbers, which enter only sums that are not read.
 */
function packFour(
  out: Float64Array,
  at: number,
  from: StridedMatrix,
  i: number,
  count: number,
  k0: number,
  k: number,
): void {
  const { data, offset, stride } = from;
  for (let row = 0; row < count; row++) {
    const start = offset + (i + row) * stride + k0;
    for (let j = 0, to = at + row; j < k; j++, to += 4) out[to] = data[start + j]!;
  }
}

function addSums(
  { data, offset, stride }: StridedMatrix,
  { sums }: GemmKernel,
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
