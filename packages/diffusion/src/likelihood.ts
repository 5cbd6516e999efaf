import * as tf from "@tensorflow/tfjs";

/** 2 sqrt(2 / pi), and that times 0.044715: Phi(a) is about (1 + tanh u) / 2 = sigmoid(2u) with 2u = slope a + cube a^3. */
const slope = 2 * Math.sqrt(2 / Math.PI);
const cube = slope * 0.044715;

/** Half the distance between two of the 256 levels in [-1, 1]. */
const halfLevel = 1 / 255;

/**
 * Log-likelihood, in nats, of values that are one of 256 levels in [-1, 1] under a Gaussian: the Gaussian's mass within half a level
 * of the value, the lowest level taking all below it and the highest all above (Ho et al. 2020, https://arxiv.org/abs/2006.11239,
 * eq. 13). As in the official DiT code, the edges begin at +-0.999, masses are at least 1e-12, and Phi is approximated by
 * (1 + tanh(sqrt(2/pi) (a + 0.044715 a^3))) / 2 (the form of Page 1977, with the constant of https://arxiv.org/abs/1606.08415).
 *
 * Masses are taken in the lower tail, by the symmetry of the Gaussian: in the upper tail they would be the difference of two
 * numbers that float32 cannot tell from 1.
 *
 * @param x the values
 * @param error x - mean; gets no gradient, nor does x
 * @param reciprocalStd 1 / standard deviation; gets a gradient
 */
export function discretizedLogLikelihood(x: tf.Tensor, error: tf.Tensor, reciprocalStd: tf.Tensor): tf.Tensor {
  const isLowest = tf.less(x, -0.999);
  const isHighest = tf.greater(x, 0.999);
  // at the lowest level Phi(error + half); at the highest 1 - Phi(error - half) = Phi(-error + half); in between
  // Phi(error + half) - Phi(error - half), the same for -error
  const mirrored = tf.where(isLowest, error, tf.where(isHighest, tf.neg(error), tf.neg(tf.abs(error))));
  const isBetween = tf.cast(tf.logicalNot(tf.logicalOr(isLowest, isHighest)), "float32");
  const upper = normalCdf(tf.mul(tf.add(mirrored, halfLevel), reciprocalStd));
  const lower = normalCdf(tf.mul(tf.sub(mirrored, halfLevel), reciprocalStd));
  return tf.log(tf.maximum(tf.sub(upper, tf.mul(isBetween, lower)), 1e-12));
}

/** Phi(a), with full relative precision in the lower tail, which a sigmoid or tanh kernel need not have. */
function normalCdf(a: tf.Tensor): tf.Tensor {
  const minusTwoU = tf.mul(a, tf.sub(-slope, tf.mul(cube, tf.square(a))));
  // e^40 is far beyond the least mass, and its square, which the gradient needs, still a float32
  return tf.reciprocal(tf.add(tf.exp(tf.minimum(minusTwoU, 40)), 1));
}
