import * as tf from "@tensorflow/tfjs";

/**
 * The value of x, with no gradient flowing back to what x was made from.
 *
 * x is captured by the closure and is no input of the custom op, so tfjs's tape has no edge to it: the backward pass
 * of everything below x is never built (a gradient of zeros would build all of it).
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const cut = tf.customGrad((unused) => ({
    value: tf.clone(x),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return cut(tf.scalar(0)) as T;
}
