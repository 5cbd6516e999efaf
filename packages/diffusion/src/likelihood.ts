// The likelihood of discrete values under a Gaussian: Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 13.

import * as tf from "@dit-bench/tfjs";

/** Phi(a) ≈ (1 + tanh u) / 2 = sigmoid(2u) with 2u = slope a + cube a³. */
const slope = 2 * Math.sqrt(2 / Math.PI);
const cube = slope * 0.044715;

/** Half the spacing of the 256 levels in [-1, 1]. */
const halfLevel = 1 / 255;

/**
 * Log-likelihood in nats of values on 256 levels in [-1, 1] under a Gaussian: the log of the Gaussian's mass within
 * half a level of the value. The lowest level also takes the mass below it, the highest the mass above
 * (Ho et al. eq. 13).
 *
 * As in the official DiT code, the lowest and highest levels begin at ±0.999, masses are at least 1e-12, and the normal
 * distribution function Phi is approximated by (1 + tanh(√(2/π) (a + 0.044715 a³))) / 2 (Page 1977, with the constant
 * of Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415).
 *
 * Masses are computed in the lower tail, by symmetry. In the upper tail they would be differences of numbers that
 * float32 rounds to 1.
 *
 * @param x the values, any shape; gets no gradient
 * @param error x - mean, same shape; gets no gradient
 * @param reciprocalStd 1 / standard deviation, same shape; gets a gradient
 */
export function discretizedLogLikelihood(x: tf.Tensor, error: tf.Tensor, reciprocalStd: tf.Tensor): tf.Tensor {
  const isLowest = tf.less(x, -0.999);
  const isHighest = tf.greater(x, 0.999);
  // Lowest level: Phi(error + half). Highest: 1 - Phi(error - half) = Phi(-error + half). Between:
  // Phi(error + half) - Phi(error - half), which is the same for -error.
  const mirrored = tf.where(isLowest, error, tf.where(isHighest, tf.neg(error), tf.neg(tf.abs(error))));
  const isBetween = tf.cast(tf.logicalNot(tf.logicalOr(isLowest, isHighest)), "float32");
  const upper = normalCdf(tf.mul(tf.add(mirrored, halfLevel), reciprocalStd));
  const lower = normalCdf(tf.mul(tf.sub(mirrored, halfLevel), reciprocalStd));
  return tf.log(tf.maximum(tf.sub(upper, tf.mul(isBetween, lower)), 1e-12));
}

/** Phi(a) with full relative precision in the lower tail, which kernels of sigmoid and tanh do not guarantee. */
function normalCdf(a: tf.Tensor): tf.Tensor {
  const minusTwoU = tf.mul(a, tf.sub(-slope, tf.mul(cube, tf.square(a))));
  // e^-40 is far below the least mass of 1e-12, and the gradient's square of e^40 is still finite in float32.
  return tf.reciprocal(tf.add(tf.exp(tf.minimum(minusTwoU, 40)), 1));
}
