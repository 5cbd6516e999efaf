// Reads weights as float32 and refuses values that are not finite: the effects of a NaN, such as grey images or a NaN
// loss, would not point to the file.

import { float32, isFloatingPoint, type StoredTensor } from "@dit-bench/weights";
import { firstNotFinite } from "../first-not-finite.ts";

/** Throws what `wrong` makes of the problem: an error with the file's name and advice. */
export function finiteWeights(name: string, tensor: StoredTensor, makeError: (what: string) => Error): Float32Array {
  if (!isFloatingPoint(tensor.type)) throw makeError(`'${name}' holds ${tensor.type}, wanted floating-point numbers`);
  const values = float32(tensor);
  const bad = firstNotFinite(values);
  if (bad >= 0) throw makeError(`number ${bad} of '${name}' is ${values[bad]}, wanted finite numbers`);
  return values;
}
