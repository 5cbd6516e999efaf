// Random numbers that depend only on seed, purpose and index, not on the order of calls. Therefore a resumed run
// generates the same numbers as an uninterrupted run, however the work is split.

import { inverseNormal } from "./normal.ts";
import { philox } from "./philox.ts";

const TWO_32 = 4294967296;

/** `n` samples of N(0, 1), rounded to float32. */
export function normals(seed: number, purpose: string, index: number, n: number): Float32Array {
  const bits = randomWords(seed, purpose, index, n);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) out[i] = inverseNormal((bits[i]! + 0.5) / TWO_32);
  return out;
}

/** `n` samples of the uniform distribution on [0, 1), multiples of 2^-32. */
export function uniforms(seed: number, purpose: string, index: number, n: number): Float64Array {
  const bits = randomWords(seed, purpose, index, n);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = bits[i]! / TWO_32;
  return out;
}

/** `n` integers in [0, below). The relative error of their probabilities is at most below * 2^-32. */
export function integers(seed: number, purpose: string, index: number, n: number, below: number): Uint32Array {
  if (!(Number.isInteger(below) && below >= 1 && below <= TWO_32))
    throw new RangeError(`integers: below is ${below}, wanted a whole number from 1 to 2^32`);
  const bits = randomWords(seed, purpose, index, n);
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = Math.floor((bits[i]! / TWO_32) * below);
  return out;
}

/** The numbers 0 to n - 1 in random order (Fisher-Yates shuffle). */
export function permutation(seed: number, purpose: string, index: number, n: number): Uint32Array {
  const out = Uint32Array.from({ length: n }, (_, i) => i);
  const u = uniforms(seed, purpose, index, n);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(u[i]! * (i + 1));
    const swapped = out[i]!;
    out[i] = out[j]!;
    out[j] = swapped;
  }
  return out;
}

/** A sequence of random numbers with one key. */
export interface Stream {
  /** Returns a uniform sample from [0, 1). */
  uniform(): number;
  /** Returns a sample from N(0, 1) in double precision. */
  normal(): number;
  /** Returns an integer from 0, ..., below - 1, all with equal probability. */
  integer(below: number): number;
}

/** The stream at (seed, purpose, index). */
export function stream(seed: number, purpose: string, index: number): Stream {
  const key = keyOf(seed, purpose, index);
  const buffer = new Uint32Array(4);
  let block = 0;
  let unread = 0;
  const word = (): number => {
    if (unread === 0) {
      philox(key.k0, key.k1, block++, key.low, key.high, key.upperSeed, buffer);
      unread = 4;
    }
    return buffer[4 - unread--]!;
  };
  return {
    uniform: () => word() / TWO_32,
    normal: () => inverseNormal((word() + 0.5) / TWO_32),
    integer: (below) => Math.floor((word() / TWO_32) * below),
  };
}

/** Generates `n` random 32-bit words, rounded up to whole blocks of four words. */
function randomWords(seed: number, purpose: string, index: number, n: number): Uint32Array {
  const { k0, k1, low, high, upperSeed } = keyOf(seed, purpose, index);
  const out = new Uint32Array(4 * Math.ceil(n / 4));
  for (let block = 0; block < out.length / 4; block++) philox(k0, k1, block, low, high, upperSeed, out, 4 * block);
  return out;
}

function keyOf(seed: number, purpose: string, index: number) {
  for (const [label, value] of [["seed", seed] as const, ["index", index] as const])
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new RangeError(`random: ${label} is ${value}, wanted a whole number from 0 to 2^53 - 1`);
  return {
    k0: seed >>> 0,
    k1: hash32(purpose),
    low: index >>> 0,
    high: Math.floor(index / TWO_32),
    upperSeed: Math.floor(seed / TWO_32),
  };
}

/** 32-bit FNV-1a hash of a text's UTF-16 code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
