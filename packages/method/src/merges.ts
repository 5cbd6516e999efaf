// Folds an affine map of a module's output into base weights. All weights are [out, in].
//
// O = out, D = width

import * as tf from "@dit-bench/tfjs";
import type { Affine } from "./affine.ts";
import type { Module, Weights } from "./model.ts";

/** Whether base weights can take an affine map of this module's output. */
export const takesAffine = ({ kind, last, modulation }: Module): boolean =>
  kind === "linear" || last !== undefined || modulation !== undefined;

/**
 * The base weights that change when the output y of a module becomes y scale + shift.
 *
 * @param module one that `takesAffine`
 * @param affine scale and shift, each [out] or [1]
 */
export function foldAffine(base: Weights, module: Module, { scale, shift }: Affine): Record<string, tf.Tensor> {
  const a = scale ?? tf.ones([1]);
  const b = shift ?? tf.zeros([1]);
  return module.modulation
    ? foldNorm(base, module.out, module.modulation, a, b)
    : foldLinear(base, module.last ?? module.path, a, b);
}

/** a (W x + c) + b = (a W) x + (a c + b). */
function foldLinear(base: Weights, path: string, a_O: tf.Tensor, b_O: tf.Tensor): Record<string, tf.Tensor> {
  const weight = `${path}.weight`;
  const bias = `${path}.bias`;
  return {
    [weight]: tf.mul(base[weight]!, tf.reshape(a_O, [-1, 1])),
    [bias]: tf.add(tf.mul(base[bias]!, a_O), b_O),
  };
}

/**
 * Folds into the modulation after a norm: (x̂ a + b)(1 + s) + t = x̂ (1 + s′) + t′ with s′ = a s + a - 1 and
 * t′ = b s + b + t. s and t are outputs of one linear layer, so s′ and t′ are too, with changed rows of weights.
 */
function foldNorm(
  base: Weights,
  D: number,
  { path, shift, scale }: NonNullable<Module["modulation"]>,
  a_D: tf.Tensor,
  b_D: tf.Tensor,
): Record<string, tf.Tensor> {
  const name = { weight: `${path}.weight`, bias: `${path}.bias` };
  const rows = base[name.weight]!.shape[0]! / D;
  const weights = tf.split(base[name.weight]!, rows, 0);
  const biases = tf.split(base[name.bias]!, rows, 0);
  const column = (v_D: tf.Tensor) => tf.reshape(v_D, [-1, 1]);

  weights[shift] = tf.add(weights[shift]!, tf.mul(column(b_D), weights[scale]!));
  biases[shift] = tf.add(biases[shift]!, tf.mul(b_D, tf.add(biases[scale]!, 1)));
  weights[scale] = tf.mul(column(a_D), weights[scale]!);
  biases[scale] = tf.sub(tf.mul(a_D, tf.add(biases[scale]!, 1)), 1);
  return { [name.weight]: tf.concat(weights, 0), [name.bias]: tf.concat(biases, 0) };
}
