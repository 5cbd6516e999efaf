import { addProduct, type Rows } from "./matrix-product.ts";
import { timesVector, transposeTimesVector } from "./matrix-vector.ts";
import { tridiagonalEigenvalues } from "./tridiagonal-eigenvalues.ts";

// M, N = rows and columns, M >= N; B = columns reduced between two updates of the rest

const BLOCK = 32;

/** The singular values of a_MN (row-major, M >= N; destroyed), in no particular order, each within rounding of the largest. */
export function singularValues(a_MN: Float64Array, m: number, n: number): Float64Array {
  if (m < n)
    throw new Error(`singular values: matrix is [${m}, ${n}]: wanted at least as many rows as columns, transpose it`);
  const { diagonal_N, above_N } = bidiagonalise(a_MN, m, n);
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
 * Householder reduction to upper bidiagonal form, a block of columns at a time, so that half of the work is one product
 * of matrices. Dongarra, Sorensen and Hammarling, 1989, https://doi.org/10.1016/0377-0427(89)90367-1 (LAPACK's dgebrd).
 *
 * Within a block the current matrix is A - V Yᵀ - X Uᵀ: V and U are the reflectors from the left and the right.
 * P = [V X] and Q = [Y U] hold them side by side, so that the matrix is A - P Qᵀ.
 */
function bidiagonalise(a_MN: Float64Array, m: number, n: number): { diagonal_N: Float64Array; above_N: Float64Array } {
  const width = 2 * BLOCK;
  const p: Rows = { data: new Float64Array(m * width), offset: 0, stride: width };
  const q: Rows = { data: new Float64Array(n * width), offset: 0, stride: width };
  const diagonal_N = new Float64Array(n);
  const above_N = new Float64Array(n);
  const column = new Float64Array(m);
  const row = new Float64Array(n);
  const product = new Float64Array(m);
  const inner = new Float64Array(width);
  const correction = new Float64Array(m);

  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    p.data.fill(0);
    q.data.fill(0);
    for (let i = start; i < end; i++) {
      const t = i - start;
      const rows = m - i;
      const columns = n - i - 1;
      const pHere = from(p, i);
      const qRight = from(q, i + 1);

      for (let r = 0; r < rows; r++) column[r] = a_MN[(i + r) * n + i]!;
      timesVector(correction, pHere, rowOf(q, i), rows, width);
      for (let r = 0; r < rows; r++) column[r] = column[r]! - correction[r]!;
      const left = reflector(column, rows);
      diagonal_N[i] = left.length;
      for (let r = 0; r < rows; r++) p.data[(i + r) * width + t] = column[r]!;
      if (columns === 0) continue;

      // y = tau (A - P Qᵀ)ᵀ v, with the reflector just stored not yet part of P Qᵀ, since its column of Q is still zero
      const right: Rows = { data: a_MN, offset: i * n + i + 1, stride: n };
      transposeTimesVector(product, right, column, rows, columns);
      transposeTimesVector(inner, pHere, column, rows, width);
      timesVector(correction, qRight, inner, columns, width);
      for (let c = 0; c < columns; c++) q.data[(i + 1 + c) * width + t] = left.tau * (product[c]! - correction[c]!);

      for (let c = 0; c < columns; c++) row[c] = a_MN[i * n + i + 1 + c]!;
      timesVector(correction, qRight, rowOf(p, i), columns, width);
      for (let c = 0; c < columns; c++) row[c] = row[c]! - correction[c]!;
      const top = reflector(row, columns);
      above_N[i] = top.length;
      for (let c = 0; c < columns; c++) q.data[(i + 1 + c) * width + BLOCK + t] = row[c]!;

      // x = tau (A - P Qᵀ) u, likewise
      const below: Rows = { data: a_MN, offset: (i + 1) * n + i + 1, stride: n };
      timesVector(product, below, row, rows - 1, columns);
      transposeTimesVector(inner, qRight, row, columns, width);
      timesVector(correction, from(p, i + 1), inner, rows - 1, width);
      for (let r = 0; r < rows - 1; r++)
        p.data[(i + 1 + r) * width + BLOCK + t] = top.tau * (product[r]! - correction[r]!);
    }
    const rest: Rows = { data: a_MN, offset: end * n + end, stride: n };
    addProduct(rest, from(p, end), from(q, end), m - end, n - end, width, -1);
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
