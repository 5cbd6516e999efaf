// DDIM without noise (eta = 0): Song et al. 2020, https://arxiv.org/abs/2010.02502.
//
// N = batch, C = channels, H = height, W = width

import * as tf from "@dit-bench/tfjs";
import { type Coefficients, perSample } from "../coefficients.ts";
import { predictXstart, splitOutput } from "../network-output.ts";
import type { Sampler, StepInput } from "./sampler.ts";

export const ddim = {
  noise: false,

  coefficients: {
    sqrtRecipAlphasCumprod: ({ sqrtRecipAlphasCumprod }, i) => sqrtRecipAlphasCumprod[i]!,
    sqrtRecipm1AlphasCumprod: ({ sqrtRecipm1AlphasCumprod }, i) => sqrtRecipm1AlphasCumprod[i]!,
    sqrtAlphasCumprodPrev: ({ alphasCumprodPrev }, i) => Math.sqrt(alphasCumprodPrev[i]!),
    sqrtOneMinusAlphasCumprodPrev: ({ alphasCumprodPrev }, i) => Math.sqrt(1 - alphasCumprodPrev[i]!),
  },

  /**
   * Song et al. eq. 12 with sigma = 0: the predicted x_0 with the predicted noise added at the level of step t-1. With
   * `clipDenoised`, the noise is the one that leads from the clipped x_0 to x_t. The variance half of the output is not
   * used.
   */
  step({ output_N2CHW, xt_NCHW, coefficients, clipDenoised }: StepInput) {
    const rank = xt_NCHW.rank;
    const { epsilon_NCHW } = splitOutput(output_N2CHW, xt_NCHW);
    const xstart_NCHW = predictXstart(xt_NCHW, epsilon_NCHW, coefficients, clipDenoised);
    const noise_NCHW = clipDenoised ? noiseBetween(xt_NCHW, xstart_NCHW, coefficients) : epsilon_NCHW;
    const sample_NCHW = tf.add(
      tf.mul(perSample(coefficients, "sqrtAlphasCumprodPrev", rank), xstart_NCHW),
      tf.mul(perSample(coefficients, "sqrtOneMinusAlphasCumprodPrev", rank), noise_NCHW),
    );
    return { sample_NCHW, xstart_NCHW };
  },
} satisfies Sampler;

/** The noise that leads from x_0 to x_t: the inverse of `predictXstart`. */
function noiseBetween(xt_NCHW: tf.Tensor, x0_NCHW: tf.Tensor, coefficients: Coefficients): tf.Tensor {
  const rank = xt_NCHW.rank;
  return tf.div(
    tf.sub(tf.mul(perSample(coefficients, "sqrtRecipAlphasCumprod", rank), xt_NCHW), x0_NCHW),
    perSample(coefficients, "sqrtRecipm1AlphasCumprod", rank),
  );
}
