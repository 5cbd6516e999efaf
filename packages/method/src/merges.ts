// Foldings that more than one method needs. All weights are [out, in].
//
// O = out, D = width

import * as tf from "@tensorflow/tfjs";
import type { Module, Weights } from "./model.ts";

/** γ (W x + b) = (γ W) x + γ b: folds a factor on a linear layer's output, [O] or [1], into the layer at `path`. */
export function scaleLinear(base: Weights, path: string, gamma_O: tf.Tensor): Record<string, tf.Tensor> {
  const weight = `${path}.weight`;
  const bias = `${path}.bias`;
  return {
    [weight]: tf.mul(base[weight]!, tf.reshape(gamma_O, [-1, 1])),
    [bias]: tf.mul(base[bias]!, gamma_O),
  };
}

/**
 * Folds an affine layer norm into the modulation after it: (x̂ w + b)(1 + s) + t = x̂ (1 + s′) + t′ with s′ = w s + w - 1 and
 * t′ = b s + b + t, both linear in the conditioning, as s and t are rows of one linear layer.
 */
export function foldAffineNorm(
  base: Weights,
  norm: Module,
  weight_D: tf.Tensor,
  bias_D: tf.Tensor,
): Record<string, tf.Tensor> {
  const { modulation, out: D } = norm;
  if (!modulation)
    throw new Error(`'${norm.path}' is followed by no modulation, so an affine norm cannot be folded there`);
  const name = { weight: `${modulation.path}.weight`, bias: `${modulation.path}.bias` };
  const rows = base[name.weight]!.shape[0]! / D;
  const weights = tf.split(base[name.weight]!, rows, 0);
  const biases = tf.split(base[name.bias]!, rows, 0);
  const { shift, scale } = modulation;
  const column = (v_D: tf.Tensor) => tf.reshape(v_D, [D, 1]);

  weights[shift] = tf.add(weights[shift]!, tf.mul(column(bias_D), weights[scale]!));
  biases[shift] = tf.add(biases[shift]!, tf.mul(bias_D, tf.add(biases[scale]!, 1)));
  weights[scale] = tf.mul(column(weight_D), weights[scale]!);
  biases[scale] = tf.sub(tf.mul(weight_D, tf.add(biases[scale]!, 1)), 1);
  return { [name.weight]: tf.concat(weights, 0), [name.bias]: tf.concat(biases, 0) };
}
