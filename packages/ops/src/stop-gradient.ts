// Stops gradients at a tensor.

import * as tf from "@tensorflow/tfjs";

/**
 * The value of x, with no gradient to the tensors that x was computed from.
 *
 * The closure captures x, which is no input of the custom op, so tfjs's tape has no edge to it. The backward pass below
 * x is never built; with a gradient of zeros all of it would be.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const cut = tf.customGrad((unused) => ({
    value: tf.clone(x),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return cut(tf.scalar(0)) as T;
}
