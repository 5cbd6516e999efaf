// Singular values of a matrix.
//
// N, M = rows and columns, N <= M; B = columns of the transpose that are reduced between two updates of the rest

import { gemmNT, type StridedMatrix } from "./gemm.ts";
import { matrixVectorKernels } from "./matrix-vector.ts";
import { tridiagonalEigenvalues } from "./tridiagonal-eigenvalues.ts";

/** B */
const BLOCK = 32;
/** Rows that stay in a core's cache between two readings: 128 KiB at 2,048 columns. */
const ROW_GROUP = 8;

/**
 * The singular values of a_NM (row-major, N <= M) in no particular order. Their error is the rounding of the largest
 * one. Throws if N > M.
 */
export function singularValues(a_NM: Float64Array, n: number, m: number): Float64Array {
  if (m < n)
    throw new Error(`singular values: matrix is [${n}, ${m}]: wanted at least as many columns as rows, transpose it`);
  const { diagonal_N, above_N } = bidiagonalize(a_NM, n, m);
  // The symmetric matrix [0 Aᵀ; A 0] of a bidiagonal A, its rows interleaved, is tridiagonal with a zero diagonal and
  // has the eigenvalues ±σ. Golub and Kahan, 1965, https://doi.org/10.1137/0702016.
  const diagonal = new Float64Array(2 * n);
  const offDiagonal = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    offDiagonal[2 * i] = diagonal_N[i]!;
    offDiagonal[2 * i + 1] = above_N[i]!;
  }
  return tridiagonalEigenvalues(diagonal, offDiagonal)
    .sort()
    .subarray(n)
    .map((x) => Math.max(0, x));
}

/**
 * Householder reduction of the transpose A to upper bidiagonal form, a block of columns at a time, so that half of the
 * work is one matrix multiplication per block. Dongarra, Sorensen and Hammarling, 1989,
 * https://doi.org/10.1016/0377-0427(89)90367-1 (LAPACK's dgebrd).
 *
 * Within a block the current matrix is A - V Yᵀ - X Uᵀ: V and U are the reflectors from the left and the right.
 * P = [V X] and Q = [Y U] hold them side by side, so the matrix is A - P Qᵀ.
 *
 * The other half of the work is bound by reading A. Its two matrix-vector multiplications, Aᵀ v and A u, share one
 * reading, as in Howell, Demmel, Fulton, Hammarling and Marmol, 2008, https://doi.org/10.1145/1356052.1356055. A few
 * columns of A give their part of Aᵀ v; that part gives as much of the row from which u is made; and that gives its
 * share of A times the row. u is the row with another first element, divided by a number, so A u follows from A times
 * the row.
 */
function bidiagonalize(a_NM: Float64Array, n: number, m: number): { diagonal_N: Float64Array; above_N: Float64Array } {
  const diagonal_N = new Float64Array(n);
  const above_N = new Float64Array(n);
  if (n === 0) return { diagonal_N, above_N };
  const width = 2 * BLOCK;
  const { arrays, multiply, addTransposedMultiply } = matrixVectorKernels({
    ...{ a: [n, m], p: [m, width], q: [n, width], column: [1, m], row: [1, n], aTimesRow: [1, m] },
    ...{
      correction: [1, m],
      inner: [1, width],
      rowFactors: [1, width],
      part: [1, ROW_GROUP],
      partCorrection: [1, ROW_GROUP],
    },
  } as const);
  const { a, column, row, aTimesRow, correction, inner, rowFactors, part, partCorrection } = arrays;
  const p: StridedMatrix = { data: arrays.p, offset: 0, stride: width };
  const q: StridedMatrix = { data: arrays.q, offset: 0, stride: width };
  /** A from column j and row i on. */
  const below = (j: number, i: number): StridedMatrix => ({ data: a, offset: j * m + i, stride: m });
  a.set(a_NM.subarray(0, n * m));

  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    p.data.fill(0);
    q.data.fill(0);
    for (let i = start; i < end; i++) {
      const t = i - start;
      const rows = m - i;
      const columns = n - i - 1;

      rowFactors.set(rowOf(q, i));
      multiply(correction, from(p, i), rowFactors, rows, width);
      for (let r = 0; r < rows; r++) column[r] = a[i * m + i + r]! - correction[r]!;
      const left = makeReflector(column, rows);
      diagonal_N[i] = left.length;
      for (let r = 0; r < rows; r++) p.data[(i + r) * width + t] = column[r]!;
      if (columns === 0) continue;

      // y = tau (A - P Qᵀ)ᵀ v. The reflector just stored in P does not enter P Qᵀ yet: its column of Q is still zero.
      // Then row i of A - P Qᵀ, and A times that row.
      inner.fill(0);
      addTransposedMultiply(inner, from(p, i), column, rows, width);
      rowFactors.set(rowOf(p, i));
      aTimesRow.fill(0);
      for (let j = i + 1; j < n; j += ROW_GROUP) {
        const count = Math.min(ROW_GROUP, n - j);
        multiply(part, below(j, i), column, count, rows);
        multiply(partCorrection, from(q, j), inner, count, width);
        for (let c = 0; c < count; c++) q.data[(j + c) * width + t] = left.tau * (part[c]! - partCorrection[c]!);
        multiply(partCorrection, from(q, j), rowFactors, count, width);
        for (let c = 0; c < count; c++) part[c] = a[(j + c) * m + i]! - partCorrection[c]!;
        for (let c = 0; c < count; c++) row[j - i - 1 + c] = part[c]!;
        addTransposedMultiply(aTimesRow, below(j, i + 1), part, count, rows - 1);
      }

      const first = row[0]!;
      const top = makeReflector(row, columns);
      above_N[i] = top.length;
      for (let c = 0; c < columns; c++) q.data[(i + 1 + c) * width + BLOCK + t] = row[c]!;
      if (top.tau === 0) continue;

      // x = tau (A - P Qᵀ) u
      inner.fill(0);
      addTransposedMultiply(inner, from(q, i + 1), row, columns, width);
      multiply(correction, from(p, i + 1), inner, rows - 1, width);
      for (let r = 0; r < rows - 1; r++) {
        const aTimesU = (aTimesRow[r]! - top.length * a[(i + 1) * m + i + 1 + r]!) / (first - top.length);
        p.data[(i + 1 + r) * width + BLOCK + t] = top.tau * (aTimesU - correction[r]!);
      }
    }
    gemmNT(below(end, end), from(q, end), from(p, end), n - end, m - end, width, -1);
  }
  return { diagonal_N, above_N };
}

function from(rows: StridedMatrix, i: number): StridedMatrix {
  return { data: rows.data, offset: rows.offset + i * rows.stride, stride: rows.stride };
}

function rowOf(rows: StridedMatrix, i: number): Float64Array {
  return rows.data.subarray(i * rows.stride, (i + 1) * rows.stride);
}

/**
 * Replaces x by the vector v with v[0] = 1 for which (I - tau v vᵀ) x = (length, 0, 0, ...).
 * Golub and Van Loan, Matrix Computations, algorithm 5.1.1.
 */
function makeReflector(x: Float64Array, n: number): { tau: number; length: number } {
  let rest = 0;
  for (let i = 1; i < n; i++) rest += x[i]! * x[i]!;
  const first = x[0]!;
  x[0] = 1;
  if (rest === 0) return { tau: 0, length: first };
  const length = first <= 0 ? Math.sqrt(first * first + rest) : -Math.sqrt(first * first + rest);
  for (let i = 1; i < n; i++) x[i] = x[i]! / (first - length);
  return { tau: (length - first) / length, length };
}
