import type { Rows } from "./matrix-product.ts";

// M, N = rows and columns of the matrix

/** out = a x, four rows at a time so that each element of x is read once for four products. */
export function timesVector(out_M: Float64Array, a_MN: Rows, x_N: Float64Array, m: number, n: number): void {
  const { data, offset, stride } = a_MN;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const r0 = offset + i * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < n; j++) {
      const x = x_N[j]!;
      s0 += data[r0 + j]! * x;
      s1 += data[r1 + j]! * x;
      s2 += data[r2 + j]! * x;
      s3 += data[r3 + j]! * x;
    }
    out_M[i] = s0;
    out_M[i + 1] = s1;
    out_M[i + 2] = s2;
    out_M[i + 3] = s3;
  }
  for (; i < m; i++) {
    const r = offset + i * stride;
    let sum = 0;
    for (let j = 0; j < n; j++) sum += data[r + j]! * x_N[j]!;
    out_M[i] = sum;
  }
}

/** out = aᵀ x, four rows at a time so that each element of out is loaded and stored once for four products. */
export function transposeTimesVector(out_N: Float64Array, a_MN: Rows, x_M: Float64Array, m: number, n: number): void {
  const { data, offset, stride } = a_MN;
  out_N.fill(0, 0, n);
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const r0 = offset + i * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    const x0 = x_M[i]!;
    const x1 = x_M[i + 1]!;
    const x2 = x_M[i + 2]!;
    const x3 = x_M[i + 3]!;
    for (let j = 0; j < n; j++)
      out_N[j] = out_N[j]! + data[r0 + j]! * x0 + data[r1 + j]! * x1 + data[r2 + j]! * x2 + data[r3 + j]! * x3;
  }
  for (; i < m; i++) {
    const r = offset + i * stride;
    const x = x_M[i]!;
    for (let j = 0; j < n; j++) out_N[j] = out_N[j]! + data[r + j]! * x;
  }
}
