// The interface of samplers: one step of the reverse process, from x_t to x_t-1, and the coefficients that it reads.
//
// N = batch, C = channels, H = height, W = width

import type * as tf from "@dit-bench/tfjs";
import type { Coefficients } from "../coefficients.ts";
import type { Schedule } from "../schedule.ts";

/** The step sees the network's output once: a sampler that evaluates the network twice a step does not fit here. */
export interface Sampler {
  /** Whether each step needs fresh noise. */
  readonly noise: boolean;
  /**
   * The coefficients that a step reads, by name: a function that computes the value at step i, in float64. `i` is an
   * index in the (respaced) process: sampling goes from `schedule.steps - 1` down to 0, and the network sees
   * `schedule.timesteps[i]`.
   */
  readonly coefficients: Readonly<Record<string, (schedule: Schedule, i: number) => number>>;
  /** One step. Plain tfjs ops, no reads of values: the step is compiled. */
  step(input: StepInput): { readonly sample_NCHW: tf.Tensor; readonly xstart_NCHW: tf.Tensor };
}

export interface StepInput {
  /** The network's output at x_t, with guidance applied: the predicted noise, then the variance. */
  readonly output_N2CHW: tf.Tensor;
  readonly xt_NCHW: tf.Tensor;
  /** From N(0, 1); present if the sampler's `noise` is true. */
  readonly noise_NCHW?: tf.Tensor;
  /** The sampler's `coefficients` at this step, each [N], or [1] if all samples are at the same step. */
  readonly coefficients: Coefficients;
  /** Whether the predicted x_0 is clipped to [-1, 1]; the official DiT code samples latents without. */
  readonly clipDenoised: boolean;
}
