// Philox 4x32-10, a counter-based generator: the block at a counter depends on the key and that counter alone.
// Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", https://doi.org/10.1145/2063384.2063405

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
  for (let round = 0; round < ROUNDS; round++) {
    const hi0 = high(M0, c0);
    const lo0 = Math.imul(M0, c0);
    const hi1 = high(M1, c2);
    const lo1 = Math.imul(M1, c2);
    c0 = (hi1 ^ c1 ^ k0) >>> 0;
    c1 = lo1 >>> 0;
    c2 = (hi0 ^ c3 ^ k1) >>> 0;
    c3 = lo0 >>> 0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}

/** High 32 bits of a 32 x 32 bit product; both halves stay below 2^49, so doubles hold them exactly. */
function high(a: number, b: number): number {
  const low = a * (b & 0xffff);
  const upper = a * (b >>> 16);
  return Math.floor((upper + Math.floor(low / 65536)) / 65536);
}
