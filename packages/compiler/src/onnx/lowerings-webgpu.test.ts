// WebGPU's lowerings give plain ONNX, so their results can be tested on the CPU.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { cpuProvider } from "../engines/cpu.ts";
import type { Engine, TensorFunction } from "../index.ts";
import { loadRuntime } from "../runtime/load-runtime.ts";
import { createOnnxEngine } from "../runtime/onnx-engine.ts";
import { sample } from "../testing/agree.ts";
import { webgpuLowerings } from "./lowerings-webgpu.ts";

let engine: Engine;
beforeAll(async () => {
  await tf.setBackend("cpu");
  engine = createOnnxEngine(await loadRuntime(), { ...cpuProvider(1), lowerings: webgpuLowerings });
});

/** Compares `fn` with eager tfjs; resolves to its number of ONNX nodes of each op. */
async function nodeCounts(fn: (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[], ...given: tf.Tensor[]) {
  const named = (made: tf.Tensor | tf.Tensor[]) =>
    Object.fromEntries([made].flat().map((y, i) => [`y${i}`, y])) as Record<string, tf.Tensor>;
  const tensorFunction: TensorFunction = (inputs) => named(fn(...given.map((_, i) => inputs[`x${i}`]!)));
  const compiled = await engine.compile(
    tensorFunction,
    Object.fromEntries(given.map((x, i) => [`x${i}`, { shape: x.shape, dtype: x.dtype as "float32" }])),
  );
  const made = await compiled.run(
    Object.fromEntries(given.map((x, i) => [`x${i}`, x.dataSync().slice() as Float32Array])),
  );
  await compiled.dispose();
  for (const [key, wanted] of Object.entries(named(fn(...given)))) {
    const values = wanted.dataSync();
    expect(made[key]!.length).toBe(values.length);
    made[key]!.forEach((v, i) => {
      expect(Math.abs(v - Number(values[i])), `${key}[${i}]`).toBeLessThan(1e-5);
    });
  }
  return compiled.report.ops;
}

describe("MatMul", () => {
  const matMul = (transA: boolean, transB: boolean) => (a: tf.Tensor, b: tf.Tensor) =>
    tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transA, transB);

  test("transposes its operands in nodes of their own", async () => {
    expect(await nodeCounts(matMul(false, false), sample([2, 3]), sample([3, 4], 1))).toEqual({ MatMul: 1 });
    const one = { Transpose: 1, MatMul: 1 };
    expect(await nodeCounts(matMul(true, false), sample([3, 2]), sample([3, 4], 1))).toEqual(one);
    expect(await nodeCounts(matMul(false, true), sample([2, 3]), sample([4, 3], 1))).toEqual(one);
    expect(await nodeCounts(matMul(true, true), sample([3, 2]), sample([4, 3], 1))).toEqual({
      Transpose: 2,
      MatMul: 1,
    });
  });

  test("transposes the transposed matrix of a batch and one matrix", async () => {
    const made = await nodeCounts(matMul(false, true), sample([2, 3, 5]), sample([4, 5], 1));
    expect(made).toEqual({ Transpose: 1, MatMul: 1 });
  });

  test("transposes both operands if both are batches", async () => {
    expect(await nodeCounts(matMul(false, true), sample([2, 3, 5]), sample([2, 4, 5], 1))).toEqual({
      Transpose: 1,
      MatMul: 1,
    });
    expect(await nodeCounts(matMul(true, false), sample([2, 5, 3]), sample([2, 5, 4], 1))).toEqual({
      Transpose: 1,
      MatMul: 1,
    });
    expect(await nodeCounts(matMul(true, true), sample([2, 5, 3]), sample([2, 4, 5], 1))).toEqual({
      Transpose: 2,
      MatMul: 1,
    });
  });
});

describe("Split", () => {
  const pieces = (n: number) => (x: tf.Tensor) => tf.split(x, n, 1);

  test("becomes one node for up to seven outputs, and one Slice per output for more", async () => {
    expect(await nodeCounts(pieces(7), sample([3, 14]))).toEqual({ Split: 1 });
    expect(await nodeCounts(pieces(8), sample([3, 16]))).toEqual({ Slice: 8 });
  });
});

test("Pow expands its base where both operands broadcast", async () => {
  const pow = (a: tf.Tensor, b: tf.Tensor) => tf.pow(tf.add(tf.abs(a), 0.5), b);
  expect(await nodeCounts(pow, sample([3, 4]), sample([4], 1))).toEqual({ Abs: 1, Add: 1, Pow: 1 });
  expect(await nodeCounts(pow, sample([3, 1]), sample([1, 4], 1))).toEqual({ Abs: 1, Add: 1, Expand: 1, Pow: 1 });
});

test("MaxPoolGrad is refused", async () => {
  const pool = (x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"));
  await expect(nodeCounts(tf.grad(pool), sample([1, 4, 4, 1]))).rejects.toThrow(
    /the webgpu engine has no gradient of a max pool: use engine cpu/,
  );
});

test("logical ops are ops of int32, and IsNaN compares x with itself", async () => {
  const a = tf.tensor1d([1, 1, 0, 0], "bool");
  const b = tf.tensor1d([1, 0, 1, 0], "bool");
  expect(await nodeCounts((a, b) => tf.logicalAnd(a, b), a, b)).toMatchObject({ Min: 1 });
  expect(await nodeCounts((a, b) => tf.logicalOr(a, b), a, b)).toMatchObject({ Max: 1 });
  expect(await nodeCounts((a, b) => tf.logicalXor(a, b), a, b)).not.toHaveProperty("Xor");
  expect(await nodeCounts((x) => tf.isNaN(x), tf.tensor1d([0, Number.NaN, Number.POSITIVE_INFINITY]))).toEqual({
    Equal: 1,
    Not: 1,
  });
});
