// The network's output at x_t, and what it predicts: x_0 and the variance of the reverse step.
//
// N = batch, C = channels, H = height, W = width

import * as tf from "@dit-bench/tfjs";
import { type Coefficients, perSample } from "./coefficients.ts";

/**
 * The two halves of the network's output at x_t: the predicted noise, and the position of the log variance between its
 * bounds.
 *
 * @param output_N2CHW twice the channels of x_t, the noise first
 * @throws Error if its shape does not match that of x_t
 */
export function splitOutput(
  output_N2CHW: tf.Tensor,
  xt_NCHW: tf.Tensor,
): { epsilon_NCHW: tf.Tensor; variance_NCHW: tf.Tensor } {
  const [N, C, ...HW] = xt_NCHW.shape as [number, number, ...number[]];
  const wanted = [N, 2 * C, ...HW];
  if (`${output_N2CHW.shape}` !== `${wanted}`) {
    throw new Error(
      `network output [${output_N2CHW.shape}] for x_t [${xt_NCHW.shape}]: ` +
        `wanted [${wanted}], noise and variance (learned sigma)`,
    );
  }
  const [epsilon_NCHW, variance_NCHW] = tf.split(output_N2CHW, 2, 1) as [tf.Tensor, tf.Tensor];
  return { epsilon_NCHW, variance_NCHW };
}

/**
 * The x_0 that the predicted noise implies: eq. 4 of Ho et al. 2020 (https://arxiv.org/abs/2006.11239) solved for x_0,
 * which is their eq. 15. Reads `sqrtRecipAlphasCumprod` and `sqrtRecipm1AlphasCumprod`.
 *
 * @param clipDenoised whether x_0 is clipped to [-1, 1]
 */
export function predictXstart(
  xt_NCHW: tf.Tensor,
  epsilon_NCHW: tf.Tensor,
  coefficients: Coefficients,
  clipDenoised = false,
): tf.Tensor {
  const xstart_NCHW = tf.sub(
    tf.mul(perSample(coefficients, "sqrtRecipAlphasCumprod", xt_NCHW.rank), xt_NCHW),
    tf.mul(perSample(coefficients, "sqrtRecipm1AlphasCumprod", xt_NCHW.rank), epsilon_NCHW),
  );
  return clipDenoised ? tf.clipByValue(xstart_NCHW, -1, 1) : xstart_NCHW;
}

/**
 * The learned log variance minus that of the posterior. Eq. 15 of Nichol & Dhariwal 2021
 * (https://arxiv.org/abs/2102.09672) is v log beta + (1 - v) log posterior variance = log posterior variance + v (log
 * beta - log posterior variance). DiT outputs 2v - 1: -1 is the posterior's variance, 1 is beta, and values outside are
 * possible. Reads `logVarianceRange`.
 */
export function logVarianceAbovePosterior(variance_NCHW: tf.Tensor, coefficients: Coefficients): tf.Tensor {
  const v_NCHW = tf.mul(tf.add(variance_NCHW, 1), 0.5);
  return tf.mul(v_NCHW, perSample(coefficients, "logVarianceRange", variance_NCHW.rank));
}

/** log beta - log posterior variance (clipped) of every step: the range of the learned log variance, in float64. */
export function logVarianceRange(schedule: { betas: Float64Array; posteriorLogVarianceClipped: Float64Array }) {
  return schedule.betas.map((beta, t) => Math.log(beta) - schedule.posteriorLogVarianceClipped[t]!);
}
