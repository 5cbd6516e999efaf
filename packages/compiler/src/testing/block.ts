// A small training step of one transformer block, with every kind of operation in a training step of a DiT.
//
// N = batch, T = tokens, D = width

import { gelu, layerNorm, linear, selfAttention } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import type { Signature } from "../index.ts";

export interface BlockSize {
  readonly N: number;
  readonly T: number;
  readonly D: number;
  readonly heads: number;
}

/** The modulation of adaptive layer norm. Shift and scale are [N, 1, D], or broadcast over x. */
export const modulate = (x_NTD: tf.Tensor, shift: tf.Tensor, scale: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(x_NTD, tf.add(1, scale)), shift);

/** The training of a block with adaptive layer norm, by AdamW on one flat vector of weights. */
export function createBlockTraining({ N, T, D, heads }: BlockSize) {
  const shapes = {
    "modulation.weight": [6 * D, D],
    "qkv.weight": [3 * D, D],
    "qkv.bias": [3 * D],
    "proj.weight": [D, D],
    "fc1.weight": [2 * D, D],
    "fc2.weight": [D, 2 * D],
    "fc2.bias": [D],
  };
  type Weights = Record<keyof typeof shapes, tf.Tensor>;
  const sizes = Object.values(shapes).map((shape) => shape.reduce((a, b) => a * b, 1));
  const count = sizes.reduce((a, b) => a + b, 0);
  const keyBias = 9 * D * D + D;

  const unflatten = (flat: tf.Tensor) => {
    const pieces = tf.split(flat, sizes);
    return Object.fromEntries(
      Object.entries(shapes).map(([name, shape], i) => [name, tf.reshape(pieces[i]!, shape)]),
    ) as Weights;
  };

  const block = (w: Weights, x_NTD: tf.Tensor, c_ND: tf.Tensor): tf.Tensor => {
    const six = tf.split(linear(c_ND, w["modulation.weight"]), 6, 1).map((m) => tf.expandDims(m, 1));
    const [shift1, scale1, gate1, shift2, scale2, gate2] = six as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const attended = selfAttention(
      linear(modulate(layerNorm(x_NTD), shift1, scale1), w["qkv.weight"], w["qkv.bias"]),
      heads,
    );
    const h = tf.add(x_NTD, tf.mul(gate1, linear(attended, w["proj.weight"])));
    const hidden = gelu(linear(modulate(layerNorm(h), shift2, scale2), w["fc1.weight"]));
    return tf.add(h, tf.mul(gate2, linear(hidden, w["fc2.weight"], w["fc2.bias"])));
  };

  /** AdamW (https://arxiv.org/abs/1711.05101), without bias correction. */
  const step = (inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const { x, c, target, weights, m, v } = inputs as Record<"x" | "c" | "target" | "weights" | "m" | "v", tf.Tensor>;
    const loss = (flat: tf.Tensor) => tf.mean(tf.squaredDifference(block(unflatten(flat), x, c), target)) as tf.Scalar;
    const { value, grad } = tf.valueAndGrad(loss)(weights);
    const first = tf.add(tf.mul(m, 0.9), tf.mul(grad, 0.1));
    const second = tf.add(tf.mul(v, 0.999), tf.mul(tf.square(grad), 0.001));
    const update = tf.div(first, tf.add(tf.sqrt(second), 1e-8));
    return { loss: value, m: first, v: second, weights: tf.sub(tf.mul(weights, 1 - 1e-5), tf.mul(update, 1e-3)) };
  };

  const flat = { shape: [count] };
  const data = { shape: [N, T, D] };
  const signature: Signature = { x: data, c: { shape: [N, D] }, target: data, weights: flat, m: flat, v: flat };
  const inputs = (i: number) => ({ x: wave(N * T * D, i), c: wave(N * D, i + 0.2), target: wave(N * T * D, i + 0.5) });
  const start = () => ({ weights: wave(count, 0, 0.3), m: new Float32Array(count), v: new Float32Array(count) });
  /** The key part of qkv.bias shifts all scores of a query equally: its gradient is rounding, which Adam scales up. */
  const isKeyBias = (i: number) => i >= keyBias && i < keyBias + D;
  return { step, signature, state: ["weights", "m", "v"], inputs, start, isKeyBias };
}

const wave = (n: number, phase: number, size = 1) =>
  Float32Array.from({ length: n }, (_, i) => size * Math.sin(1.7 * i + phase));
