// Helpers of the kernel tests: compiled results and gradients against eager tfjs.

import * as tf from "@dit-bench/tfjs";
import { expect } from "vitest";
import {
  createEngine,
  type Engine,
  type EngineName,
  type Signature,
  type TensorFunction,
  type Values,
} from "../index.ts";

let engine: Promise<Engine> | undefined;

/** The compiled engine that all tests of a file share: `cpu`, or the one that TEST_ENGINE names. */
export function compiledEngine(): Promise<Engine> {
  engine ??= createEngine((process.env.TEST_ENGINE ?? "cpu") as EngineName, { threads: 1 });
  return engine;
}

/** An input of a test: a tensor, or the shape of one with distinct float32 values in (-2, 2). */
export type Sample = readonly number[] | tf.Tensor;

/** The tensor of a sample; `phase` varies the values. */
export function sample(s: Sample, phase = 0): tf.Tensor {
  if (s instanceof tf.Tensor) return s;
  const n = s.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: n }, (_, i) => 2 * Math.sin(1.7 * i + phase)),
    [...s],
  );
}

/**
 * Compiles and runs `fn`, and compares every output with eager tfjs: number of elements, array type, and values.
 *
 * @param tolerance relative to the largest value of the output
 */
export async function agree(
  fn: (...xs: tf.Tensor[]) => unknown,
  samples: readonly Sample[],
  tolerance = 1e-5,
): Promise<void> {
  const tensors = samples.map((s, i) => sample(s, i));
  const tensorFunction: TensorFunction = (inputs) => record(fn(...tensors.map((_, i) => inputs[`x${i}`]!)));
  const signature: Signature = Object.fromEntries(
    tensors.map((t, i) => [`x${i}`, { shape: t.shape, dtype: t.dtype as "float32" }]),
  );
  const values: Values = Object.fromEntries(tensors.map((t, i) => [`x${i}`, t.dataSync().slice() as Float32Array]));
  const compiled = await (await compiledEngine()).compile(tensorFunction, signature);
  const made = await compiled.run(values);
  await compiled.dispose();
  const wanted = record(fn(...tensors));
  expect(Object.keys(made).sort()).toEqual(Object.keys(wanted).sort());
  for (const [key, tensor] of Object.entries(wanted)) {
    const [a, b] = [made[key]!, tensor.dataSync()];
    expect(a.constructor.name, key).toBe(arrays[tensor.dtype as "float32"]);
    expect(a.length, key).toBe(b.length);
    const scale = Math.max(1e-30, ...Array.from(b, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
    const off = Array.from(a, (x, i) => difference(x, b[i]!) / scale);
    const worst = off.indexOf(Math.max(...off));
    expect(off[worst] ?? 0, `output ${key}, element ${worst}: ${a[worst]} is not ${b[worst]}`).toBeLessThanOrEqual(
      tolerance,
    );
  }
}

/** `agree` for the gradients of a weighted sum of `fn`'s output with respect to every float32 input. */
export async function gradientsAgree(
  fn: (...xs: tf.Tensor[]) => tf.Tensor,
  samples: readonly Sample[],
  tolerance = 1e-5,
): Promise<void> {
  const loss = (...xs: tf.Tensor[]) => {
    const y = fn(...xs);
    return tf.sum(tf.mul(y, sample(y.shape, 0.3)));
  };
  const floats = samples.flatMap((s, i) => (s instanceof tf.Tensor && s.dtype !== "float32" ? [] : [i]));
  const gradients = (...xs: tf.Tensor[]) => {
    const lossOfFloats = (...values: tf.Tensor[]) =>
      loss(...xs.map((x, i) => (floats.includes(i) ? values[floats.indexOf(i)]! : x)));
    return tf.grads(lossOfFloats)(floats.map((i) => xs[i]!));
  };
  await agree(gradients, samples, tolerance);
}

function record(made: unknown): Record<string, tf.Tensor> {
  if (made instanceof tf.Tensor) return { y: made };
  return Array.isArray(made)
    ? Object.fromEntries(made.map((t, i) => [`y${i}`, t]))
    : (made as Record<string, tf.Tensor>);
}

/** Not the type of dataSync's array: tfjs-cpu casts int32 to float32 by changing the dtype only. */
const arrays = { float32: "Float32Array", int32: "Int32Array", bool: "Uint8Array" };

const difference = (a: number, b: number) =>
  Object.is(a, b) || a === b ? 0 : Number.isNaN(a) || Number.isNaN(b) ? 1e30 : Math.abs(a - b);
