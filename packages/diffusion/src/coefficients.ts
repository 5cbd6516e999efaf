import * as tf from "@tensorflow/tfjs";

/**
 * Coefficients of a batch, as tensors [N], or [1] where all its samples share them. They are looked up in float64 tables outside
 * of the graph and rounded once to float32, so that a compiled step needs neither the tables nor a gather.
 */
export type Coefficients = Readonly<Record<string, tf.Tensor>>;

/** The coefficient of that name, as [N]. */
export function coefficient(coefficients: Coefficients, name: string): tf.Tensor {
  const value_N = coefficients[name];
  if (value_N === undefined) {
    const given = Object.keys(coefficients).join(", ") || "none";
    throw new Error(`coefficient "${name}" is missing: got ${given}; feed all that the schedule's function returned`);
  }
  return value_N;
}

/** The coefficient of that name, shaped [N, 1, ...] to multiply a tensor of that rank. */
export function perSample(coefficients: Coefficients, name: string, rank: number): tf.Tensor {
  const value_N = coefficient(coefficients, name);
  return tf.reshape(value_N, [value_N.size, ...Array<number>(rank - 1).fill(1)]);
}

/** Rows `t` of a float64 table, rounded to float32. */
export function lookUp(table: Float64Array, t: Int32Array): Float32Array {
  return Float32Array.from(t, (step) => table[step]!);
}

/** @throws a RangeError if the process has no such step */
export function checkStep(step: number, steps: number, of = ""): void {
  if (!Number.isInteger(step) || step < 0 || step >= steps) {
    throw new RangeError(`diffusion step ${step}${of}: wanted a whole number from 0 to ${steps - 1}`);
  }
}
