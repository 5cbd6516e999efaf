// Philox 4x32-10, a counter-based generator: the block at a counter depends on the key and that counter only.
// Salmon, Moraes, Dror and Shaw, 2011, "Parallel random numbers: as easy as 1, 2, 3",
// https://doi.org/10.1145/2063384.2063405

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // golden ratio
const W1 = 0xbb67ae85; // sqrt(3) - 1
const ROUNDS = 10;

/** Writes the four 32-bit words at counter (c0, c1, c2, c3) under key (k0, k1) into `out` from `offset` on. */
export function philox(
  k0: number,
  k1: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  out: Uint32Array,
  offset = 0,
): void {
  k0 |= 0; // signed 32-bit integers are fastest; the output has the same bits
  k1 |= 0;
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  for (let round = 0; round < ROUNDS; round++) {
    const hi0 = multiplyHigh(M0, c0);
    const lo0 = Math.imul(M0, c0);
    const hi1 = multiplyHigh(M1, c2);
    const lo1 = Math.imul(M1, c2);
    c0 = hi1 ^ c1 ^ k0;
    c1 = lo1;
    c2 = hi0 ^ c3 ^ k1;
    c3 = lo0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}

/**
 * Multiplies two 32-bit integers and returns the high 32 bits. It works on 16-bit halves, whose results fit 32 bits.
 */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const upper = Math.imul(aHigh, bLow);
  const lower = Math.imul(aLow, bHigh);
  const middle = (upper & 0xffff) + (lower & 0xffff) + (Math.imul(aLow, bLow) >>> 16);
  return (Math.imul(aHigh, bHigh) + (upper >>> 16) + (lower >>> 16) + (middle >>> 16)) | 0;
}
