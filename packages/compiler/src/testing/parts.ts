// A small training step in micro-batches: one frozen matrix, three trained weights in one flat vector, momentum.
//
// N = batch, D = width

import * as tf from "@dit-bench/tfjs";
import {
  type CompileOptions,
  type Parts,
  type Signature,
  type TensorFunction,
  type Values,
  wholeOf,
} from "../index.ts";

export interface PartsTraining {
  readonly count: number;
  readonly lanes?: number;
  /** Number of outputs of the trained layer: the trained weights are D × hidden + hidden + hidden. */
  readonly hidden?: number;
  /** Replaces fields of the parts that would otherwise be used. */
  readonly change?: (parts: Parts) => Partial<Parts>;
}

export const trainingBatch = 12;
const D = 160;
const state = ["weights", "momentum"] as const;
const gradients = ["gradient of matrix", "gradient of bias", "gradient of scale"];

const wave = (n: number, phase: number, size = 1) =>
  Float32Array.from({ length: n }, (_, i) => size * Math.sin(1.7 * i + phase));

/** The arguments of `Engine.compile`. */
export function partsTraining({ count, lanes, hidden = 8, change }: PartsTraining): {
  readonly compile: [TensorFunction, Signature, CompileOptions];
  start(): Values;
  inputs(i: number): Values;
} {
  const shapes = [[D, hidden], [hidden], [hidden]];
  const sizes = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
  const P = sizes.reduce((a, b) => a + b, 0);
  const part: TensorFunction = ({ x, target, frozen, weights }) => {
    const pieces = tf.split(weights!, sizes).map((piece, i) => tf.reshape(piece, shapes[i]!));
    const lossOf = (matrix: tf.Tensor, bias: tf.Tensor, scale: tf.Tensor): tf.Scalar => {
      const h = tf.tanh(tf.matMul(x as tf.Tensor2D, frozen as tf.Tensor2D));
      const y = tf.mul(tf.add(tf.matMul(h, matrix as tf.Tensor2D), bias), scale);
      return tf.mean(tf.squaredDifference(y, target!)) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(lossOf as never)(pieces);
    return { loss: value, ...Object.fromEntries(gradients.map((name, i) => [name, grads[i]!])) };
  };
  const finish: TensorFunction = ({ weights, momentum, rate, loss, ...given }) => {
    const flat = tf.concat(gradients.map((name) => tf.reshape(given[name]!, [-1])));
    const next = tf.add(tf.mul(momentum!, 0.9), flat);
    return { weights: tf.sub(weights!, tf.mul(next, rate!)), momentum: next, loss: loss! };
  };
  const usual: Parts = { count, ...(lanes && { lanes }), split: ["x", "target"], part, finish };
  const parts: Parts = { ...usual, ...change?.(usual) };
  const signature: Signature = {
    x: { shape: [trainingBatch, D] },
    target: { shape: [trainingBatch, hidden] },
    frozen: { shape: [D, D], value: wave(D * D, 0.1, 0.1) },
    weights: { shape: [P] },
    momentum: { shape: [P] },
    rate: { shape: [1] },
  };
  return {
    compile: [wholeOf(parts), signature, { name: "small step", state, parts }],
    start: () => ({ weights: wave(P, 0, 0.3), momentum: new Float32Array(P) }),
    inputs: (i) => ({
      x: wave(trainingBatch * D, i),
      target: wave(trainingBatch * hidden, i + 0.5),
      rate: Float32Array.of(0.1 / (i + 1)),
    }),
  };
}
