// The training loss of DiT: the hybrid loss of Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672.
//
// N = batch, C = channels, H = height, W = width

import { stopGradient } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { type Coefficients, checkStep, coefficient, lookUp, perSample } from "./coefficients.ts";
import { discretizedLogLikelihood } from "./likelihood.ts";
import { logVarianceAbovePosterior, logVarianceRange, predictXstart, splitOutput } from "./network-output.ts";
import type { Schedule } from "./schedule.ts";

/** Names of the per-sample coefficients that `addNoise` and `trainingLoss` read. */
export const trainingCoefficientNames = [
  "sqrtAlphasCumprod",
  "sqrtOneMinusAlphasCumprod",
  "sqrtRecipAlphasCumprod",
  "sqrtRecipm1AlphasCumprod",
  "logVarianceRange",
  "posteriorMeanCoef1OverStd",
  "posteriorReciprocalStd",
  "isFirstStep",
] as const;

export type TrainingCoefficientName = (typeof trainingCoefficientNames)[number];

/**
 * The coefficients of a batch of steps, each [N].
 *
 * @param t steps of `schedule`, [N]; the network sees `schedule.timesteps[t]`, which differs from t in a respaced
 *   process
 * @throws RangeError if the schedule has no such step
 */
export function trainingCoefficients(schedule: Schedule, t: Int32Array): Record<TrainingCoefficientName, Float32Array> {
  t.forEach((step, sample) => {
    checkStep(step, schedule.steps, ` of sample ${sample}`);
  });
  const reciprocalStd = schedule.posteriorLogVarianceClipped.map((logVariance) => Math.exp(-logVariance / 2));
  return {
    sqrtAlphasCumprod: lookUp(schedule.sqrtAlphasCumprod, t),
    sqrtOneMinusAlphasCumprod: lookUp(schedule.sqrtOneMinusAlphasCumprod, t),
    sqrtRecipAlphasCumprod: lookUp(schedule.sqrtRecipAlphasCumprod, t),
    sqrtRecipm1AlphasCumprod: lookUp(schedule.sqrtRecipm1AlphasCumprod, t),
    logVarianceRange: lookUp(logVarianceRange(schedule), t),
    posteriorMeanCoef1OverStd: lookUp(
      reciprocalStd.map((r, step) => r * schedule.posteriorMeanCoef1[step]!),
      t,
    ),
    posteriorReciprocalStd: lookUp(reciprocalStd, t),
    isFirstStep: Float32Array.from(t, (step) => (step === 0 ? 1 : 0)),
  };
}

/**
 * A sample of q(x_t | x_0): √A_t x_0 + √(1 - A_t) noise. Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 4.
 *
 * @param noise_NCHW from N(0, 1)
 * @param coefficients `trainingCoefficients` at t
 */
export function addNoise(x0_NCHW: tf.Tensor, noise_NCHW: tf.Tensor, coefficients: Coefficients): tf.Tensor {
  return tf.add(
    tf.mul(perSample(coefficients, "sqrtAlphasCumprod", x0_NCHW.rank), x0_NCHW),
    tf.mul(perSample(coefficients, "sqrtOneMinusAlphasCumprod", x0_NCHW.rank), noise_NCHW),
  );
}

/**
 * The hybrid loss (Nichol & Dhariwal eq. 16) as DiT uses it, per sample:
 *
 * - `mse_N`: mean squared error of the predicted noise (Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 14);
 * - `vb_N`: this step's term of the variational bound, mean over dimensions, in bits. Its gradient reaches only the
 *   variance half of the output, because the mean is detached. DiT adds the term without a factor: lambda = 1/T of the
 *   sum over T steps;
 * - `loss_N`: mse + vb.
 *
 * @param output_N2CHW the network's output at x_t: noise, then variance
 * @param xt_NCHW `addNoise` of `x0_NCHW` and `noise_NCHW` with the same coefficients
 */
export function trainingLoss(
  output_N2CHW: tf.Tensor,
  x0_NCHW: tf.Tensor,
  xt_NCHW: tf.Tensor,
  noise_NCHW: tf.Tensor,
  coefficients: Coefficients,
): { mse_N: tf.Tensor; vb_N: tf.Tensor; loss_N: tf.Tensor } {
  const { epsilon_NCHW, variance_NCHW } = splitOutput(output_N2CHW, xt_NCHW);
  const mse_N = meanPerSample(tf.square(tf.sub(noise_NCHW, epsilon_NCHW)));
  const xstart_NCHW = predictXstart(xt_NCHW, stopGradient(epsilon_NCHW), coefficients);
  const vb_N = variationalBound(tf.sub(x0_NCHW, xstart_NCHW), variance_NCHW, x0_NCHW, coefficients);
  return { mse_N, vb_N, loss_N: tf.add(mse_N, vb_N) };
}

/**
 * Ho et al. eq. 5 in bits per dimension: KL(q(x_t-1 | x_t, x_0) || p(x_t-1 | x_t)), or -log p(x_0 | x_1) at step 0.
 *
 * With q = N(m, s²) and p = N(m′, s² eʰ), the divergence of the two Gaussians is
 * (h - 1 + e⁻ʰ (1 + (m - m′)² / s²)) / 2. Here h is the learned log variance minus the posterior's. The means differ by
 * coef1 (x_0 - predicted x_0), because their terms in x_t are equal. At step 0, coef1 = 1 and coef2 = 0, so the mean of
 * p is the predicted x_0.
 */
function variationalBound(
  error_NCHW: tf.Tensor, // x_0 - predicted x_0
  variance_NCHW: tf.Tensor,
  x0_NCHW: tf.Tensor,
  coefficients: Coefficients,
): tf.Tensor {
  const rank = x0_NCHW.rank;
  const h_NCHW = logVarianceAbovePosterior(variance_NCHW, coefficients);

  const meanDifference_NCHW = tf.mul(perSample(coefficients, "posteriorMeanCoef1OverStd", rank), error_NCHW);
  const excess_NCHW = tf.mul(tf.exp(tf.neg(h_NCHW)), tf.add(tf.square(meanDifference_NCHW), 1));
  const divergence_NCHW = tf.mul(tf.add(tf.sub(h_NCHW, 1), excess_NCHW), 0.5);

  const reciprocalStd_NCHW = tf.mul(
    perSample(coefficients, "posteriorReciprocalStd", rank),
    tf.exp(tf.mul(h_NCHW, -0.5)),
  );
  // Zero at other steps: a large error would overflow there, and make the gradient NaN although the term is not used.
  const errorAtFirst_NCHW = tf.mul(perSample(coefficients, "isFirstStep", rank), error_NCHW);
  const likelihood_NCHW = discretizedLogLikelihood(x0_NCHW, errorAtFirst_NCHW, reciprocalStd_NCHW);

  const isFirst_N = coefficient(coefficients, "isFirstStep");
  const nats_N = tf.sub(
    tf.mul(tf.sub(1, isFirst_N), meanPerSample(divergence_NCHW)),
    tf.mul(isFirst_N, meanPerSample(likelihood_NCHW)),
  );
  return tf.mul(nats_N, 1 / Math.LN2);
}

function meanPerSample(x_NCHW: tf.Tensor): tf.Tensor {
  return tf.mean(
    x_NCHW,
    x_NCHW.shape.slice(1).map((_, i) => i + 1),
  );
}
