// Weights as float32, every one of them a number: a single NaN shows up far from the file that has it, in grey pictures
// or a loss of NaN.

import { float32, isFloatingPoint, type StoredTensor } from "@dit-bench/weights";

/** `wrong` makes the error; it names the file and says what to do. */
export function finiteWeights(name: string, tensor: StoredTensor, wrong: (what: string) => Error): Float32Array {
  if (!isFloatingPoint(tensor.type)) throw wrong(`'${name}' holds ${tensor.type}, wanted floating-point numbers`);
  const values = float32(tensor);
  const bad = firstNotFinite(values);
  if (bad >= 0) throw wrong(`number ${bad} of '${name}' is ${values[bad]}, wanted finite numbers`);
  return values;
}

const block = 4096;

/**
 * Times zero a finite number is zero and any other is NaN, so that a sum of four lanes tells for a block at a time: 0.7
 * s for the 675 million of DiT-XL/2, where a test of each takes 1.2 and `findIndex` 13.
 */
function firstNotFinite(values: Float32Array): number {
  let at = 0;
  while (at + block <= values.length && finiteBlock(values, at)) at += block;
  for (; at < values.length; at++) if (!Number.isFinite(values[at])) return at;
  return -1;
}

function finiteBlock(values: Float32Array, from: number): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = from; i < from + block; i += 4) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
    c += values[i + 2]! * 0;
    d += values[i + 3]! * 0;
  }
  return a + b + c + d === 0;
}
