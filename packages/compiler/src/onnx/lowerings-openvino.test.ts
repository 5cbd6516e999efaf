// OpenVINO's lowerings give ops of ONNX and of ONNX Runtime, so their results can be tested without OpenVINO.

import * as tf from "@dit-bench/tfjs";
import { expect, test } from "vitest";
import { cpuProvider } from "../engines/cpu.ts";
import { loadRuntime } from "../runtime/load-runtime.ts";
import { createOnnxEngine } from "../runtime/onnx-engine.ts";
import { sample } from "../testing/agree.ts";
import { openvinoLowerings } from "./lowerings-openvino.ts";

const { Gelu: _, ...withoutGelu } = openvinoLowerings("f32"); // the CPU's provider has another name for it

test.each([
  { name: "a right operand with slow rows", a: [3, 4], b: [4, 2560], transA: false, transB: false, reversed: true },
  { name: "the same, the left one transposed", a: [4, 3], b: [4, 3072], transA: true, transB: false, reversed: true },
  { name: "the same, the right one transposed", a: [3, 4], b: [2560, 4], transA: false, transB: true, reversed: false },
  { name: "rows of a power of two", a: [3, 4], b: [4, 4096], transA: false, transB: false, reversed: false },
  { name: "rows of no multiple of 512", a: [3, 4], b: [4, 3456], transA: false, transB: false, reversed: false },
  { name: "short rows", a: [3, 4], b: [4, 1536], transA: false, transB: false, reversed: false },
  { name: "a batch", a: [2, 3, 4], b: [2, 4, 2560], transA: false, transB: false, reversed: false },
])("a MatMul of $name is reversed: $reversed, with the values of eager tfjs", async (task) => {
  await tf.setBackend("cpu");
  const provider = { ...cpuProvider(1), lowerings: withoutGelu };
  const engine = createOnnxEngine(await loadRuntime(), provider);
  const [a, b] = [sample(task.a, 0), sample(task.b, 1)];
  const multiply = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, task.transA, task.transB);
  const signature = { a: { shape: task.a }, b: { shape: task.b } };
  const compiled = await engine.compile(({ a, b }) => ({ y: tf.mul(0.5, multiply(a!, b!)) }), signature);
  const { y } = await compiled.run({ a: a.dataSync() as Float32Array, b: b.dataSync() as Float32Array });
  expect(compiled.report.ops.Transpose ?? 0).toBe(task.reversed ? 1 : 0);
  await compiled.dispose();
  const wanted = tf.mul(0.5, multiply(a, b)).dataSync();
  expect(y!.length).toBe(wanted.length);
  expect(Math.max(...wanted.map((value, i) => Math.abs(value - y![i]!)))).toBeLessThan(1e-5);
});

test.each([
  { maxConstantBytes: 0, reversed: true },
  { maxConstantBytes: Number.POSITIVE_INFINITY, reversed: false },
])("a constant of slow rows is reversed where it is an input: $reversed for $maxConstantBytes bytes", async (task) => {
  await tf.setBackend("cpu");
  const provider = { ...cpuProvider(1), lowerings: withoutGelu, maxConstantBytes: task.maxConstantBytes };
  const engine = createOnnxEngine(await loadRuntime(), provider);
  const [a, b] = [sample([3, 8], 0), sample([8, 2560], 1)];
  const signature = { a: { shape: a.shape }, b: { shape: b.shape, value: b.dataSync() as Float32Array } };
  const compiled = await engine.compile(({ a, b }) => ({ y: tf.matMul(a!, b!) }), signature);
  const { y } = await compiled.run({ a: a.dataSync() as Float32Array });
  expect(compiled.report.ops.Transpose ?? 0).toBe(task.reversed ? 1 : 0);
  await compiled.dispose();
  const wanted = tf.matMul(a, b).dataSync();
  expect(Math.max(...wanted.map((value, i) => Math.abs(value - y![i]!)))).toBeLessThan(1e-5);
});
