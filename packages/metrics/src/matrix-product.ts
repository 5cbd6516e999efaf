// Dense double precision products in plain JavaScript, blocked for registers (4 x 4) and cache.
// M, N = rows and columns of the result, K = the summed axis

/** Rows of a row-major matrix that lies in a larger array: element (i, j) is `data[offset + i * stride + j]`. */
export interface Rows {
  readonly data: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

const CACHE_K = 256;
const CACHE_N = 64;

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
  for (let k0 = 0; k0 < k; k0 += CACHE_K) {
    const k1 = Math.min(k, k0 + CACHE_K);
    for (let n0 = 0; n0 < n; n0 += CACHE_N) {
      const n1 = Math.min(n, n0 + CACHE_N);
      for (let i = lowerOnly ? n0 & ~3 : 0; i < m; i += 4) {
        const end = lowerOnly ? Math.min(n1, i + 4) : n1;
        let j = n0;
        if (i + 4 <= m) for (; j + 4 <= end; j += 4) addBlock(c_MN, p_MK, q_NK, i, j, k0, k1, scale);
        for (let row = i; row < Math.min(m, i + 4); row++)
          for (let column = j; column < end; column++) addOne(c_MN, p_MK, q_NK, row, column, k0, k1, scale);
      }
    }
  }
}

function addOne(c: Rows, p: Rows, q: Rows, i: number, j: number, k0: number, k1: number, scale: number): void {
  const P = p.data;
  const Q = q.data;
  const p0 = p.offset + i * p.stride;
  const q0 = q.offset + j * q.stride;
  let sum = 0;
  for (let k = k0; k < k1; k++) sum += P[p0 + k]! * Q[q0 + k]!;
  const at = c.offset + i * c.stride + j;
  c.data[at] = c.data[at]! + scale * sum;
}

/** The 4 x 4 block of c at (i, j), its sixteen sums in registers. */
function addBlock(c: Rows, p: Rows, q: Rows, i: number, j: number, k0: number, k1: number, scale: number): void {
  const P = p.data;
  const Q = q.data;
  const p0 = p.offset + i * p.stride;
  const p1 = p0 + p.stride;
  const p2 = p1 + p.stride;
  const p3 = p2 + p.stride;
  const q0 = q.offset + j * q.stride;
  const q1 = q0 + q.stride;
  const q2 = q1 + q.stride;
  const q3 = q2 + q.stride;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let k = k0; k < k1; k++) {
    const a0 = P[p0 + k]!;
    const a1 = P[p1 + k]!;
    const a2 = P[p2 + k]!;
    const a3 = P[p3 + k]!;
    const b0 = Q[q0 + k]!;
    const b1 = Q[q1 + k]!;
    const b2 = Q[q2 + k]!;
    const b3 = Q[q3 + k]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
    s23 += a2 * b3;
    s30 += a3 * b0;
    s31 += a3 * b1;
    s32 += a3 * b2;
    s33 += a3 * b3;
  }
  const C = c.data;
  const c0 = c.offset + i * c.stride + j;
  addFour(C, c0, scale, s00, s01, s02, s03);
  addFour(C, c0 + c.stride, scale, s10, s11, s12, s13);
  addFour(C, c0 + 2 * c.stride, scale, s20, s21, s22, s23);
  addFour(C, c0 + 3 * c.stride, scale, s30, s31, s32, s33);
}

function addFour(c: Float64Array, at: number, scale: number, a: number, b: number, d: number, e: number): void {
  c[at] = c[at]! + scale * a;
  c[at + 1] = c[at + 1]! + scale * b;
  c[at + 2] = c[at + 2]! + scale * d;
  c[at + 3] = c[at + 3]! + scale * e;
}
