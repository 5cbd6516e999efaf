// A toy model for the contract's tests: one of each kind of module, small enough to calculate by hand.
//
// N = batch, D = width (2), K = classes

import { linear } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { z } from "zod";
import { applyPending, composeAffine } from "./affine.ts";
import { type Call, callModule } from "./attach.ts";
import { type AnyMethod, defineMethod, type Graft } from "./method.ts";
import type { Model, Values, Weights } from "./model.ts";

const D = 2;

export const toy: Model = {
  name: "toy",
  depth: 1,
  width: D,
  weights: [
    { name: "positions", shape: [D], fixed: true },
    { name: "patch.weight", shape: [D, 1, 1, D] }, // stored like a convolution, as DiT's patch embedding is
    { name: "patch.bias", shape: [D] },
    { name: "modulation.weight", shape: [2 * D, D] },
    { name: "modulation.bias", shape: [2 * D] },
    { name: "block.fc.weight", shape: [D, D] },
    { name: "block.fc.bias", shape: [D] },
    { name: "classes", shape: [3, D] },
  ],
  modules: [
    { path: "patch", kind: "linear", in: D, out: D },
    { path: "block", kind: "part", in: D, out: D, last: "block.fc" },
    { path: "norm", kind: "norm", in: D, out: D, modulation: { path: "modulation", shift: 0, scale: 1 } },
    { path: "modulation", kind: "linear", in: D, out: 2 * D },
    { path: "block.fc", kind: "linear", in: D, out: D },
    { path: "whole", kind: "part", in: D, out: D },
  ],
  classEmbedding: "classes",
};

/** 0.1, 0.2, … through all weights. */
export const toyValues: Values = Object.fromEntries(
  toy.weights.map(({ name, shape }, at) => [
    name,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (at + i + 1) / 10),
  ]),
);

export const toyTensors = (values: Values = toyValues): Record<string, tf.Tensor> =>
  Object.fromEntries(toy.weights.map(({ name, shape }) => [name, tf.tensor(values[name]!, [...shape])]));

/** x_ND → patch → norm, modulated by `modulation(first class)` → block (fc) → + positions. */
export function runToy(w: Weights, x_ND: tf.Tensor, call: Call = callModule): tf.Tensor {
  const layer = (path: string, x: tf.Tensor) => {
    const bias = w[`${path}.bias`]!;
    const weight = tf.reshape(w[`${path}.weight`]!, [bias.size, -1]);
    return call(path, (x, own) => linear(x, own!.weight, own!.bias), x, { weight, bias });
  };
  const whole = (x: tf.Tensor) => {
    const condition_1D = tf.slice(w.classes!, 0, 1);
    const [shift_1D, scale_1D] = tf.split(applyPending(layer("modulation", condition_1D)), 2, 1) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const normed = call("norm", (x) => tf.square(x), applyPending(layer("patch", x)));
    const modulated = applyPending(composeAffine(normed, { scale: tf.add(1, scale_1D), shift: shift_1D }));
    return tf.add(applyPending(call("block", (x) => layer("block.fc", x), modulated)), w.positions!);
  };
  return applyPending(call("whole", whole, x_ND));
}

/** A method named `mine` with these globs and grafts. */
export const toyMethod = (adaptation: { train?: string[]; grafts?: Graft<string>[] }): AnyMethod =>
  defineMethod({
    name: "mine",
    label: () => "Mine",
    source: "https://example.org",
    options: z.strictObject({}),
    learningRate: 1e-3,
    adapt: () => adaptation,
  });

export const numbers = (x: tf.Tensor): number[] => Array.from(x.dataSync() as Float32Array);

/** The largest absolute difference of two tensors. */
export const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
