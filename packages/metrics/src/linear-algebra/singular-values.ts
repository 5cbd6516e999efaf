import { addProduct, type Rows } from "./gemm.ts";
import { vectorProducts } from "./matrix-vector.ts";
import { tridiagonalEigenvalues } from "./tridiagonal-eigenvalues.ts";

// N, M = rows and columns, N <= M; B = columns of the transpose reduced between two updates of the rest

const BLOCK = 32;
/** Rows that are read twice while they are in a core's cache: 128 KiB of 2,048 columns. */
const TOGETHER = 8;

/** The singular values of a_NM (row-major, N <= M), in no particular order, each within rounding of the largest. */
export function singularValues(a_NM: Float64Array, n: number, m: number): Float64Array {
  if (m < n)
    throw new Error(`singular values: matrix is [${n}, ${m}]: wanted at least as many columns as rows, transpose it`);
  const { diagonal_N, above_N } = bidiagonalise(a_NM, n, m);
  // The symmetric matrix [0 Aᵀ; A 0] of a bidiagonal A, its rows interleaved, is tridiagonal with a zero diagonal and has
  // the eigenvalues ±σ. Golub and Kahan, 1965, https://doi.org/10.1137/0702016.
  const diagonal = new Float64Array(2 * n);
  const beside = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    beside[2 * i] = diagonal_N[i]!;
    beside[2 * i + 1] = above_N[i]!;
  }
  return tridiagonalEigenvalues(diagonal, beside)
    .sort()
    .subarray(n)
    .map((x) => Math.max(0, x));
}

/**
 * Householder reduction of the transpose A to upper bidiagonal form, a block of columns at a time, so that half of the work is one product
 * of matrices. Dongarra, Sorensen and Hammarling, 1989, https://doi.org/10.1016/0377-0427(89)90367-1 (LAPACK's dgebrd).
 *
 * Within a block the current matrix is A - V Yᵀ - X Uᵀ: V and U are the reflectors from the left and the right.
 * P = [V X] and Q = [Y U] hold them side by side, so that the matrix is A - P Qᵀ.
 *
 * The other half is bound by reading A. Its two products, Aᵀ v and A u, are made of one reading, as in Howell, Demmel, Fulton, Hammarling and
 * Marmol, 2008, https://doi.org/10.1145/1356052.1356055: a few columns of A give their part of Aᵀ v, that part gives as much of the row that u will be
 * made of, and that gives its share of A times the row. u is the row with another first element, divided by a number, and so is A u.
 */
function bidiagonalise(a_NM: Float64Array, n: number, m: number): { diagonal_N: Float64Array; above_N: Float64Array } {
  const diagonal_N = new Float64Array(n);
  const above_N = new Float64Array(n);
  if (n === 0) return { diagonal_N, above_N };
  const width = 2 * BLOCK;
  const { arrays, times, addTransposeTimes } = vectorProducts({
    ...{ a: [n, m], p: [m, width], q: [n, width], column: [1, m], row: [1, n], timesRow: [1, m] },
    ...{
      correction: [1, m],
      inner: [1, width],
      factors: [1, width],
      part: [1, TOGETHER],
      partCorrection: [1, TOGETHER],
    },
  } as const);
  const { a, column, row, timesRow, correction, inner, factors, part, partCorrection } = arrays;
  const p: Rows = { data: arrays.p, offset: 0, stride: width };
  const q: Rows = { data: arrays.q, offset: 0, stride: width };
  const below = (j: number, i: number): Rows => ({ data: a, offset: j * m + i, stride: m }); // A's columns from j and rows from i on
  a.set(a_NM.subarray(0, n * m));

  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    p.data.fill(0);
    q.data.fill(0);
    for (let i = start; i < end; i++) {
      const t = i - start;
      const rows = m - i;
      const columns = n - i - 1;

      factors.set(rowOf(q, i));
      times(correction, from(p, i), factors, rows, width);
      for (let r = 0; r < rows; r++) column[r] = a[i * m + i + r]! - correction[r]!;
      const left = reflector(column, rows);
      diagonal_N[i] = left.length;
      for (let r = 0; r < rows; r++) p.data[(i + r) * width + t] = column[r]!;
      if (columns === 0) continue;

      // y = tau (A - P Qᵀ)ᵀ v, with the reflector just stored not yet part of P Qᵀ, since its column of Q is still zero; with it, row i of
      // A - P Qᵀ; and A times that row
      inner.fill(0);
      addTransposeTimes(inner, from(p, i), column, rows, width);
      factors.set(rowOf(p, i));
      timesRow.fill(0);
      for (let j = i + 1; j < n; j += TOGETHER) {
        const count = Math.min(TOGETHER, n - j);
        times(part, below(j, i), column, count, rows);
        times(partCorrection, from(q, j), inner, count, width);
        for (let c = 0; c < count; c++) q.data[(j + c) * width + t] = left.tau * (part[c]! - partCorrection[c]!);
        times(partCorrection, from(q, j), factors, count, width);
        for (let c = 0; c < count; c++) part[c] = a[(j + c) * m + i]! - partCorrection[c]!;
        for (let c = 0; c < count; c++) row[j - i - 1 + c] = part[c]!;
        addTransposeTimes(timesRow, below(j, i + 1), part, count, rows - 1);
      }

      const first = row[0]!;
      const top = reflector(row, columns);
      above_N[i] = top.length;
      for (let c = 0; c < columns; c++) q.data[(i + 1 + c) * width + BLOCK + t] = row[c]!;
      if (top.tau === 0) continue;

      // x = tau (A - P Qᵀ) u
      inner.fill(0);
      addTransposeTimes(inner, from(q, i + 1), row, columns, width);
      times(correction, from(p, i + 1), inner, rows - 1, width);
      for (let r = 0; r < rows - 1; r++) {
        const timesU = (timesRow[r]! - top.length * a[(i + 1) * m + i + 1 + r]!) / (first - top.length);
        p.data[(i + 1 + r) * width + BLOCK + t] = top.tau * (timesU - correction[r]!);
      }
    }
    addProduct(below(end, end), from(q, end), from(p, end), n - end, m - end, width, -1);
  }
  return { diagonal_N, above_N };
}

function from(rows: Rows, i: number): Rows {
  return { data: rows.data, offset: rows.offset + i * rows.stride, stride: rows.stride };
}

function rowOf(rows: Rows, i: number): Float64Array {
  return rows.data.subarray(i * rows.stride, (i + 1) * rows.stride);
}

/**
 * Turns x, in place, into the v with v[0] = 1 for which (I - tau v vᵀ) x = (length, 0, 0, ...).
 * Golub and Van Loan, Matrix Computations, algorithm 5.1.1.
 */
function reflector(x: Float64Array, n: number): { tau: number; length: number } {
  let rest = 0;
  for (let i = 1; i < n; i++) rest += x[i]! * x[i]!;
  const first = x[0]!;
  x[0] = 1;
  if (rest === 0) return { tau: 0, length: first };
  const length = first <= 0 ? Math.sqrt(first * first + rest) : -Math.sqrt(first * first + rest);
  for (let i = 1; i < n; i++) x[i] = x[i]! / (first - length);
  return { tau: (length - first) / length, length };
}
