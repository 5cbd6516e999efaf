import * as tf from "@tensorflow/tfjs";

// N = batch, T = tokens, D = width

/** Adaptive layer norm's modulation, x (1 + scale) + shift: x [N, T, D], shift and scale [N, D] or anything that broadcasts over x. */
export function modulate(x_NTD: tf.Tensor, shift: tf.Tensor, scale: tf.Tensor): tf.Tensor {
  const perToken = (t: tf.Tensor) => (x_NTD.rank === 3 && t.rank === 2 ? tf.expandDims(t, 1) : t);
  return tf.add(tf.mul(x_NTD, tf.add(1, perToken(scale))), perToken(shift));
}
