// DDPM: ancestral sampling with the learned variance. Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 2;
// Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, section 3.1.
//
// N = batch, C = channels, H = height, W = width

import * as tf from "@dit-bench/tfjs";
import { perSample } from "../coefficients.ts";
import { logVarianceAbovePosterior, logVarianceRange, predictXstart, splitOutput } from "../network-output.ts";
import type { Sampler, StepInput } from "./sampler.ts";

export const ddpm = {
  noise: true,

  coefficients: {
    sqrtRecipAlphasCumprod: ({ sqrtRecipAlphasCumprod }, i) => sqrtRecipAlphasCumprod[i]!,
    sqrtRecipm1AlphasCumprod: ({ sqrtRecipm1AlphasCumprod }, i) => sqrtRecipm1AlphasCumprod[i]!,
    posteriorMeanCoef1: ({ posteriorMeanCoef1 }, i) => posteriorMeanCoef1[i]!,
    posteriorMeanCoef2: ({ posteriorMeanCoef2 }, i) => posteriorMeanCoef2[i]!,
    posteriorLogVarianceClipped: ({ posteriorLogVarianceClipped }, i) => posteriorLogVarianceClipped[i]!,
    logVarianceRange: (schedule, i) => logVarianceRange(schedule)[i]!,
    noiseScale: (_, i) => (i === 0 ? 0 : 1),
  },

  /**
   * x_t-1 = mean + std noise, without noise at step 0. The mean is that of q(x_t-1 | x_t, x_0) at the predicted x_0 (Ho
   * et al. eq. 7); the log variance is Nichol & Dhariwal's eq. 15. The mean and the variance are returned for
   * comparisons.
   */
  step({ output_N2CHW, xt_NCHW, noise_NCHW, coefficients, clipDenoised }: StepInput) {
    const rank = xt_NCHW.rank;
    const { epsilon_NCHW, variance_NCHW } = splitOutput(output_N2CHW, xt_NCHW);
    const xstart_NCHW = predictXstart(xt_NCHW, epsilon_NCHW, coefficients, clipDenoised);
    const mean_NCHW = tf.add(
      tf.mul(perSample(coefficients, "posteriorMeanCoef1", rank), xstart_NCHW),
      tf.mul(perSample(coefficients, "posteriorMeanCoef2", rank), xt_NCHW),
    );
    const logVariance_NCHW = tf.add(
      perSample(coefficients, "posteriorLogVarianceClipped", rank),
      logVarianceAbovePosterior(variance_NCHW, coefficients),
    );
    const std_NCHW = tf.exp(tf.mul(logVariance_NCHW, 0.5));
    const scaledNoise_NCHW = tf.mul(perSample(coefficients, "noiseScale", rank), noise_NCHW!);
    return {
      sample_NCHW: tf.add(mean_NCHW, tf.mul(std_NCHW, scaledNoise_NCHW)),
      xstart_NCHW,
      mean_NCHW,
      logVariance_NCHW,
    };
  },
} satisfies Sampler;
