// Coefficients of diffusion steps as tensors: looked up in the schedule by the caller, given to a compiled step as
// inputs.
//
// N = batch

import * as tf from "@dit-bench/tfjs";

/**
 * Coefficients of a batch by name, each [N], or [1] if all samples share it. They come from float64 tables outside the
 * graph and are rounded once to float32, so that a compiled step needs neither the tables nor a gather.
 */
export type Coefficients = Readonly<Record<string, tf.Tensor>>;

/** The coefficient of that name, [N] or [1]. @throws Error if it is missing */
export function coefficient(coefficients: Coefficients, name: string): tf.Tensor {
  const value_N = coefficients[name];
  if (value_N === undefined) {
    const given = Object.keys(coefficients).join(", ") || "none";
    throw new Error(
      `coefficient "${name}" is missing: got ${given}; pass every coefficient that the schedule's function returns`,
    );
  }
  return value_N;
}

/**
 * The coefficient reshaped to [N, 1, …], so that it multiplies a tensor of that rank.
 *
 * @throws Error if it is missing
 */
export function perSample(coefficients: Coefficients, name: string, rank: number): tf.Tensor {
  const value_N = coefficient(coefficients, name);
  return tf.reshape(value_N, [value_N.size, ...Array<number>(rank - 1).fill(1)]);
}

/** Entries `t` of a float64 table, rounded to float32. */
export function lookUp(table: Float64Array, t: Int32Array): Float32Array {
  return Float32Array.from(t, (step) => table[step]!);
}

/** @throws RangeError if the process has no such step */
export function checkStep(step: number, steps: number, of = ""): void {
  if (!Number.isInteger(step) || step < 0 || step >= steps) {
    throw new RangeError(`diffusion step ${step}${of}: wanted a whole number from 0 to ${steps - 1}`);
  }
}
