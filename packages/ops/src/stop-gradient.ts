// Stops gradients at a tensor.

import * as tf from "@dit-bench/tfjs";

/**
 * Returns the value of x and blocks the gradient to the tensors that x was computed from.
 *
 * The closure captures x without making x an input of the custom op. So tfjs's tape has no edge to x, and tfjs does not
 * run the backward pass of x. With a gradient of zeros it would run all of that pass.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const cut = tf.customGrad((unused) => ({
    value: tf.clone(x),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return cut(tf.scalar(0)) as T;
}
