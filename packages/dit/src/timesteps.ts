// The sinusoidal embedding of the diffusion timestep: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section
// 3.5, with the cosines before the sines as in DiT.
//
// N = batch, K = number of frequencies

import * as tf from "@dit-bench/tfjs";

const MAX_PERIOD = 10000;

/**
 * Frequencies exp(-ln(10000) k / steps) for k = 0 … K-1, [K]. Every operation is rounded to float32 as in the official
 * code: at t near 1000 the last bit of a frequency changes the output by 1e-5.
 *
 * @param steps K in the official model, K - 1 in diffusers
 */
export function timestepFrequencies(K: number, steps = K): Float32Array {
  const f = Math.fround;
  return Float32Array.from({ length: K }, (_, k) => Math.exp(f(f(f(-Math.log(MAX_PERIOD)) * k) / steps)));
}

/** Timesteps [N], float32, fractions allowed, to [N, 2K]. */
export function timestepEmbedding(t_N: tf.Tensor, K: number, steps = K): tf.Tensor {
  const frequencies_1K = tf.tensor(timestepFrequencies(K, steps), [1, K]);
  const angles_NK = tf.mul(tf.reshape(t_N, [-1, 1]), frequencies_1K);
  return tf.concat([tf.cos(angles_NK), tf.sin(angles_NK)], 1);
}
