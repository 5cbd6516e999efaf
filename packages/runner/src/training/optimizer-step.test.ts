// Errors for weights that a training step cannot train. Compiling the step reports them by name.

import { createEngine } from "@dit-bench/compiler";
import * as tf from "@dit-bench/tfjs";
import { expect, it } from "vitest";
import { type StepDescription, trainingStep } from "./optimizer-step.ts";

const step = (
  loss: StepDescription["loss"],
  names = ["a", "b"],
  microBatches?: StepDescription["microBatches"],
): StepDescription => ({
  trainable: names.map((name) => ({ name, shape: [2] })),
  inputs: { x: { shape: [2] } },
  loss,
  optimizer: { betas: [0.9, 0.999], weightDecay: 0 },
  emaDecay: 0.9,
  blame: (problem) => new Error(`mine: ${problem}`),
  ...(microBatches && { microBatches }),
});
const compile = async (d: StepDescription) => (await createEngine("cpu", { threads: 1 })).compile(...trainingStep(d));

it("names a weight that the loss does not read, in one batch and in micro-batches", async () => {
  const loss: StepDescription["loss"] = ({ a }, { x }) => tf.mean(tf.mul(a!, x!));
  const wanted = "mine: the loss does not depend on 'b', which would never train; use every weight, or leave it out";
  await expect(compile(step(loss))).rejects.toThrow(wanted);
  const perSample: StepDescription["loss"] = ({ a }, { x }) => tf.mean(tf.mul(tf.slice(a!, [0], [1]), x!));
  await expect(compile(step(perSample, ["a", "b"], { count: 2, lanes: 2, inputs: ["x"] }))).rejects.toThrow(wanted);
});

it("names at most three of the weights that the loss does not read", async () => {
  await expect(compile(step((_, { x }) => tf.mean(x!), ["a", "b", "c", "d", "e"]))).rejects.toThrow(
    "does not depend on 'a', 'b', 'c' and 2 more",
  );
});

it("accepts a weight whose gradient is always zero, because the loss reads it", async () => {
  const compiled = await compile(step(({ a, b }, { x }) => tf.mean(tf.add(tf.mul(a!, x!), tf.mul(b!, 0)))));
  await compiled.dispose();
});

it("names an operation that has no gradient", async () => {
  const loss: StepDescription["loss"] = ({ a, b }) => tf.mean(tf.add(a!, tf.cast(tf.greater(b!, 0), "float32")));
  await expect(compile(step(loss))).rejects.toThrow(
    "mine: the loss goes through tfjs's Greater, which has no gradient",
  );
});
