// The sinusoidal embedding of the diffusion timestep: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5,
// with cosines before sines as in DiT.
//
// N = batch, K = number of frequencies

import * as tf from "@tensorflow/tfjs";

const MAX_PERIOD = 10000;

/** Frequencies exp(-ln(10000) k / steps), k = 0 … K-1, over K steps in the official model, rounded to float32 at every step: at t near 1000 the last bit is worth 1e-5 in the output. */
export function timestepFrequencies(K: number, steps = K): Float32Array {
  const f = Math.fround;
  return Float32Array.from({ length: K }, (_, k) => Math.exp(f(f(f(-Math.log(MAX_PERIOD)) * k) / steps)));
}

/** (N,) float timesteps, fractions admitted, to (N, 2K). */
export function timestepEmbedding(t_N: tf.Tensor, K: number, steps = K): tf.Tensor {
  const frequencies_1K = tf.tensor(timestepFrequencies(K, steps), [1, K]);
  const angles_NK = tf.mul(tf.reshape(t_N, [-1, 1]), frequencies_1K);
  return tf.concat([tf.cos(angles_NK), tf.sin(angles_NK)], 1);
}
