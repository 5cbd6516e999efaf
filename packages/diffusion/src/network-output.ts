import * as tf from "@tensorflow/tfjs";
import { type Coefficients, perSample } from "./coefficients.ts";

// N = batch, C = channels, H = height, W = width

/**
 * The two halves of what the network gives at x_t: the predicted noise, and where the log variance lies between its bounds.
 *
 * @param output_N2CHW twice the channels of x_t, the noise first
 */
export function splitOutput(
  output_N2CHW: tf.Tensor,
  xt_NCHW: tf.Tensor,
): { epsilon_NCHW: tf.Tensor; variance_NCHW: tf.Tensor } {
  const [N, C, ...HW] = xt_NCHW.shape as [number, number, ...number[]];
  const wanted = [N, 2 * C, ...HW];
  if (`${output_N2CHW.shape}` !== `${wanted}`) {
    throw new Error(
      `network output [${output_N2CHW.shape}] for x_t [${xt_NCHW.shape}]: wanted [${wanted}], noise and variance (learned sigma)`,
    );
  }
  const [epsilon_NCHW, variance_NCHW] = tf.split(output_N2CHW, 2, 1) as [tf.Tensor, tf.Tensor];
  return { epsilon_NCHW, variance_NCHW };
}

/**
 * x_0 as the predicted noise implies it: eq. 4 of Ho et al. 2020 (https://arxiv.org/abs/2006.11239) solved for x_0, as in their
 * eq. 15. Needs `sqrtRecipAlphasCumprod` and `sqrtRecipm1AlphasCumprod`.
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
 * How far the learned log variance lies above the posterior's: eq. 15 of Nichol & Dhariwal 2021 (https://arxiv.org/abs/2102.09672),
 * v log beta + (1 - v) log posterior variance = log posterior variance + v (range between the two). DiT's output is 2v - 1: it is
 * -1 at the posterior's variance, 1 at beta, and nothing keeps it between them. Needs `logVarianceRange`.
 */
export function logVarianceAbovePosterior(variance_NCHW: tf.Tensor, coefficients: Coefficients): tf.Tensor {
  const v_NCHW = tf.mul(tf.add(variance_NCHW, 1), 0.5);
  return tf.mul(v_NCHW, perSample(coefficients, "logVarianceRange", variance_NCHW.rank));
}

/** log beta - log posterior variance (clipped) at step t: the range of the learned log variance. In float64. */
export function logVarianceRange(schedule: { betas: Float64Array; posteriorLogVarianceClipped: Float64Array }) {
  return schedule.betas.map((beta, t) => Math.log(beta) - schedule.posteriorLogVarianceClipped[t]!);
}
