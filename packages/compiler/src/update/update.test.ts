// Updates of state in place: the same bits as the whole graph gives, and the graphs that have no such update.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Signature, type TensorFunction, type Values } from "../index.ts";
import { optimize } from "../passes/index.ts";
import { trace } from "../trace/trace.ts";
import { findUpdate } from "./program.ts";
import { CHUNK } from "./wasm.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const sizes = [3, CHUNK, 2 * CHUNK + 5, 1];
const P = sizes.reduce((a, b) => a + b);
const vector = (phase: number) => Float32Array.from({ length: P }, (_, i) => Math.sin(1.7 * i + phase));

/** A training step over split weights with two moments, whose update has every op that an update may have. */
const step: TensorFunction = ({ weights, mean, square, rate, x }) => {
  const loss = (w: tf.Tensor) => {
    const parts = tf.split(w, sizes).map((part, i) => tf.sum(tf.mul(tf.square(part), tf.add(x!, i))));
    return tf.addN(parts) as tf.Scalar;
  };
  const { value, grad } = tf.valueAndGrad(loss as (w: tf.Tensor) => tf.Scalar)(weights!);
  const shrink = tf.exp(tf.neg(x!)); // a scalar that the graph computes
  const nextMean = tf.add(tf.mul(mean!, 0.9), tf.mul(tf.mul(grad, shrink), 0.1));
  const nextSquare = tf.add(tf.mul(square!, 0.99), tf.mul(tf.abs(tf.mul(grad, tf.neg(grad))), 0.01));
  const change = tf.div(nextMean, tf.add(tf.sqrt(nextSquare), 1e-3));
  return {
    loss: value,
    weights: tf.sub(weights!, tf.mul(change, rate!)),
    mean: nextMean,
    square: nextSquare,
  };
};
const state = ["weights", "mean", "square"];
const signature: Signature = {
  ...Object.fromEntries(state.map((key) => [key, { shape: [P] }])),
  rate: { shape: [1] },
  x: { shape: [] },
};
const start = (): Values => ({ weights: vector(0), mean: vector(1), square: vector(2).map(Math.abs) });
const inputs = (i: number): Values => ({ rate: Float32Array.of(0.1 / (i + 1)), x: Float32Array.of(1 + i) });

test("state updated in place has the bits of the state that the whole graph computes", async () => {
  const engine = await createEngine("cpu", { threads: 2 });
  const inPlace = await engine.compile(step, signature, { state });
  const whole = await engine.compile(step, signature);
  await inPlace.setState(start());
  let carried = start();
  for (let i = 0; i < 3; i++) {
    const { loss, ...next } = await whole.run({ ...carried, ...inputs(i) });
    expect(await inPlace.run(inputs(i))).toEqual({ loss });
    carried = next;
  }
  expect(await inPlace.getState()).toEqual(carried);
  expect(carried.weights).not.toEqual(start().weights);
  // The session has neither the update nor the concatenation of the gradient's pieces.
  expect(Object.keys(whole.report.ops)).toEqual(expect.arrayContaining(["Concat", "Split", "Abs"]));
  for (const op of ["Concat", "Split", "Abs"]) expect(Object.keys(inPlace.report.ops)).not.toContain(op);
  await Promise.all([inPlace.dispose(), whole.dispose()]);
});

test("the session sums the gradients of micro-batches, and the update takes one vector", async () => {
  const microBatches = 5; // more than states
  const whole: TensorFunction = ({ weights, x }) => {
    const loss = (w: tf.Tensor) => tf.addN(sizes.map((_, i) => tf.sum(tf.mul(tf.split(w, sizes)[i]!, tf.add(x!, i)))));
    return tf.valueAndGrad(loss as (w: tf.Tensor) => tf.Scalar)(weights!);
  };
  const accumulated: TensorFunction = ({ weights, mean, x }) => {
    const made = Array.from({ length: microBatches }, (_, i) => whole({ weights: weights!, x: tf.mul(x!, i + 1) }));
    const grad = tf.mul(
      made.map(({ grad }) => grad!).reduce((a, b) => tf.add(a, b)),
      1 / microBatches,
    );
    const next = tf.add(tf.mul(mean!, 0.9), grad);
    return { loss: made[0]!.value!, weights: tf.sub(weights!, next), mean: next };
  };
  const { weights, mean, x } = signature;
  const keys = ["weights", "mean"];
  const traced = optimize(trace(accumulated, { weights: weights!, mean: mean!, x: x! }));
  expect(findUpdate(traced, keys)).toMatchObject({ size: P, vectors: [[{}]] });

  const engine = await createEngine("cpu", { threads: 2 });
  const start = { weights: vector(0), mean: vector(1) };
  const inPlace = await engine.compile(accumulated, { weights: weights!, mean: mean!, x: x! }, { state: keys });
  const stateless = await engine.compile(accumulated, { weights: weights!, mean: mean!, x: x! });
  await inPlace.setState(start);
  await inPlace.run({ x: Float32Array.of(0.7) });
  const { loss: _, ...wanted } = await stateless.run({ ...start, x: Float32Array.of(0.7) });
  expect(await inPlace.getState()).toEqual(wanted);
  await Promise.all([inPlace.dispose(), stateless.dispose()]);
});

test("setState and getState copy the arrays", async () => {
  const compiled = await (await createEngine("cpu", { threads: 1 })).compile(step, signature, { state });
  const given = start();
  await compiled.setState(given);
  await compiled.run(inputs(0));
  expect(given).toEqual(start());
  const got = await compiled.getState();
  const kept = structuredClone(got);
  await compiled.run(inputs(1));
  expect(got).toEqual(kept);
  await compiled.setState(given);
  expect(await compiled.getState()).toEqual(start());
  await compiled.dispose();
});

describe("findUpdate", () => {
  const program = (fn: TensorFunction, shapes: Record<string, number[]>, keys: string[]) => {
    const spec = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, { shape }]));
    return findUpdate(optimize(trace(fn, spec)), keys);
  };

  test("finds none that reads as many vectors as it has states", () => {
    const fn: TensorFunction = ({ total, x }) => ({ total: tf.add(total!, x!) });
    expect(program(fn, { total: [8], x: [8] }, ["total"])).toBeUndefined();
    const two: TensorFunction = ({ a, b, x }) => ({ a: tf.add(a!, x!), b: tf.sub(b!, x!) });
    expect(program(two, { a: [8], b: [8], x: [8] }, ["a", "b"])).toMatchObject({ size: 8, states: ["a", "b"] });
  });

  test("finds none for states that differ in shape, or without any state", () => {
    const fn: TensorFunction = ({ a, b, x }) => ({ a: tf.add(a!, x!), b: tf.sub(b!, x!) });
    expect(program(fn, { a: [8], b: [1, 8], x: [] }, ["a", "b"])).toBeUndefined();
    expect(program(fn, { a: [8], b: [8], x: [] }, [])).toBeUndefined();
  });

  test("finds none that reverses the elements or has an op other than updateOps", () => {
    const mixed: TensorFunction = ({ a, b, x }) => ({ a: tf.reverse(tf.add(b!, x!)), b: tf.sin(tf.add(a!, x!)) });
    expect(program(mixed, { a: [8], b: [8], x: [8] }, ["a", "b"])).toBeUndefined();
  });
});
