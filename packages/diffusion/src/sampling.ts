import * as tf from "@tensorflow/tfjs";
import { type Coefficients, checkStep, perSample } from "./coefficients.ts";
import { logVarianceAbovePosterior, logVarianceRange, predictXstart, splitOutput } from "./network-output.ts";
import type { Schedule } from "./schedule.ts";

// N = batch, C = channels, H = height, W = width

export type SamplerName = "ddpm" | "ddim";

/** Names of the coefficients that each sampler's step reads. */
export const stepCoefficientNames = {
  ddpm: [
    "sqrtRecipAlphasCumprod",
    "sqrtRecipm1AlphasCumprod",
    "posteriorMeanCoef1",
    "posteriorMeanCoef2",
    "posteriorLogVarianceClipped",
    "logVarianceRange",
    "noiseScale",
  ],
  ddim: [
    "sqrtRecipAlphasCumprod",
    "sqrtRecipm1AlphasCumprod",
    "sqrtAlphasCumprodPrev",
    "sqrtOneMinusAlphasCumprodPrev",
  ],
} as const;

/**
 * The coefficients of reverse step i, each n times over. n = 1 is enough where all samples are at the same step: the step functions
 * take [1] as well as [N].
 *
 * @param i index in the (respaced) process; sampling goes from `schedule.steps - 1` down to 0, and the network sees `schedule.timesteps[i]`
 * @throws a RangeError if the process has no step i
 */
export function stepCoefficients(
  schedule: Schedule,
  sampler: SamplerName,
  i: number,
  n: number,
): Record<string, Float32Array> {
  checkStep(i, schedule.steps);
  const fill = (value: number) => new Float32Array(n).fill(value);
  const shared = {
    sqrtRecipAlphasCumprod: fill(schedule.sqrtRecipAlphasCumprod[i]!),
    sqrtRecipm1AlphasCumprod: fill(schedule.sqrtRecipm1AlphasCumprod[i]!),
  };
  switch (sampler) {
    case "ddpm":
      return {
        ...shared,
        posteriorMeanCoef1: fill(schedule.posteriorMeanCoef1[i]!),
        posteriorMeanCoef2: fill(schedule.posteriorMeanCoef2[i]!),
        posteriorLogVarianceClipped: fill(schedule.posteriorLogVarianceClipped[i]!),
        logVarianceRange: fill(logVarianceRange(schedule)[i]!),
        noiseScale: fill(i === 0 ? 0 : 1),
      };
    case "ddim":
      return {
        ...shared,
        sqrtAlphasCumprodPrev: fill(Math.sqrt(schedule.alphasCumprodPrev[i]!)),
        sqrtOneMinusAlphasCumprodPrev: fill(Math.sqrt(1 - schedule.alphasCumprodPrev[i]!)),
      };
    default:
      throw new Error(`sampler ${JSON.stringify(sampler)}: wanted "ddpm" or "ddim"`);
  }
}

/** Settings of a step, fixed when it is compiled. */
export interface StepOptions {
  /** Whether the predicted x_0 is clipped to [-1, 1]; official DiT samples latents without. */
  readonly clipDenoised: boolean;
}

/**
 * One step of ancestral sampling, x_t to x_t-1, with the learned variance (Ho et al. 2020, https://arxiv.org/abs/2006.11239,
 * algorithm 2 with the mean of eq. 7; Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, eq. 15). All results are [N, C, H, W].
 *
 * @param output_N2CHW the network's output at x_t: noise, variance
 * @param noise_NCHW drawn from N(0, 1); not used at step 0
 */
export function ddpmStep(
  output_N2CHW: tf.Tensor,
  xt_NCHW: tf.Tensor,
  noise_NCHW: tf.Tensor,
  coefficients: Coefficients,
  options: StepOptions,
): { sample: tf.Tensor; predXstart: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor; logVariance: tf.Tensor } {
  const rank = xt_NCHW.rank;
  const { epsilon_NCHW, variance_NCHW } = splitOutput(output_N2CHW, xt_NCHW);
  const predXstart = clipped(predictXstart(xt_NCHW, epsilon_NCHW, coefficients), options);
  const mean = tf.add(
    tf.mul(perSample(coefficients, "posteriorMeanCoef1", rank), predXstart),
    tf.mul(perSample(coefficients, "posteriorMeanCoef2", rank), xt_NCHW),
  );
  const logVariance = tf.add(
    perSample(coefficients, "posteriorLogVarianceClipped", rank),
    logVarianceAbovePosterior(variance_NCHW, coefficients),
  );
  const std = tf.exp(tf.mul(logVariance, 0.5));
  const scaledNoise = tf.mul(perSample(coefficients, "noiseScale", rank), noise_NCHW);
  return {
    sample: tf.add(mean, tf.mul(std, scaledNoise)),
    predXstart,
    mean,
    variance: tf.exp(logVariance),
    logVariance,
  };
}

/**
 * One deterministic step of DDIM, eta = 0, x_t to x_t-1 (Song et al. 2020, https://arxiv.org/abs/2010.02502, eq. 12 with sigma = 0):
 * the predicted x_0 is noised again, to the level of t-1, with the predicted noise. Where x_0 was clipped, the noise is the one that
 * leads from it to x_t. All results are [N, C, H, W].
 *
 * @param output_N2CHW the network's output at x_t: noise, variance (not used)
 */
export function ddimStep(
  output_N2CHW: tf.Tensor,
  xt_NCHW: tf.Tensor,
  coefficients: Coefficients,
  options: StepOptions,
): { sample: tf.Tensor; predXstart: tf.Tensor } {
  const rank = xt_NCHW.rank;
  const { epsilon_NCHW } = splitOutput(output_N2CHW, xt_NCHW);
  const predXstart = clipped(predictXstart(xt_NCHW, epsilon_NCHW, coefficients), options);
  const direction_NCHW = options.clipDenoised ? noiseBetween(xt_NCHW, predXstart, coefficients) : epsilon_NCHW;
  const sample = tf.add(
    tf.mul(perSample(coefficients, "sqrtAlphasCumprodPrev", rank), predXstart),
    tf.mul(perSample(coefficients, "sqrtOneMinusAlphasCumprodPrev", rank), direction_NCHW),
  );
  return { sample, predXstart };
}

function clipped(xstart_NCHW: tf.Tensor, options: StepOptions): tf.Tensor {
  return options.clipDenoised ? tf.clipByValue(xstart_NCHW, -1, 1) : xstart_NCHW;
}

/** The noise that leads from x_0 to x_t: the inverse of `predictXstart`. */
function noiseBetween(xt_NCHW: tf.Tensor, x0_NCHW: tf.Tensor, coefficients: Coefficients): tf.Tensor {
  const rank = xt_NCHW.rank;
  return tf.div(
    tf.sub(tf.mul(perSample(coefficients, "sqrtRecipAlphasCumprod", rank), xt_NCHW), x0_NCHW),
    perSample(coefficients, "sqrtRecipm1AlphasCumprod", rank),
  );
}
