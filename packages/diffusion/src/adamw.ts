// AdamW: Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101, with the details of torch.optim.AdamW.
//
// P = number of weights, all in one flat vector

import * as tf from "@dit-bench/tfjs";

/** Settings, named as in torch.optim.AdamW. */
export interface AdamWOptions {
  /** Learning rate. */
  readonly lr: number;
  /** Decay rates of the two moments; DiT uses torch's default of [0.9, 0.999]. */
  readonly betas: readonly [number, number];
  /** Added to the root of the second moment; torch's default is 1e-8. */
  readonly eps: number;
  /** Decoupled weight decay; DiT uses 0, torch's default is 0.01. */
  readonly weightDecay: number;
}

/** Names of the coefficients that `adamw` reads. */
export const adamwCoefficientNames = ["stepSize", "epsilon", "weightFactor"] as const;

export type AdamWCoefficientName = (typeof adamwCoefficientNames)[number];

/**
 * The values that change with the step k, each [1], computed in float64:
 *
 * - `stepSize`, lr √(1 - beta2^k) / (1 - beta1^k), and `epsilon`, eps √(1 - beta2^k): Adam's bias corrections moved
 *   into the two, as at the end of section 2 of Kingma & Ba 2015 (https://arxiv.org/abs/1412.6980);
 * - `weightFactor`, 1 - lr weightDecay: decoupled decay (Loshchilov & Hutter, algorithm 2), scaled by lr as torch does.
 *
 * @param step number of the update, from 1
 * @throws Error if `step` is not a whole number from 1
 */
export function adamwCoefficients(step: number, options: AdamWOptions): Record<AdamWCoefficientName, Float32Array> {
  if (!Number.isInteger(step) || step < 1) throw new Error(`AdamW step ${step}: wanted a whole number from 1`);
  const [beta1, beta2] = options.betas;
  const rootCorrection2 = Math.sqrt(1 - beta2 ** step);
  return {
    stepSize: Float32Array.of((options.lr * rootCorrection2) / (1 - beta1 ** step)),
    epsilon: Float32Array.of(options.eps * rootCorrection2),
    weightFactor: Float32Array.of(1 - options.lr * options.weightDecay),
  };
}

/**
 * One update, equal to torch.optim.AdamW without amsgrad up to rounding. The moments are torch's `exp_avg` and
 * `exp_avg_sq`: not corrected for bias, and 0 at the start.
 *
 * @param coefficients of this step, each a scalar or [1]
 * @param options the same as for `adamwCoefficients`; they are constants of the compiled step
 */
export function adamw(
  w_P: tf.Tensor,
  m_P: tf.Tensor,
  v_P: tf.Tensor,
  g_P: tf.Tensor,
  coefficients: Readonly<Record<AdamWCoefficientName, tf.Tensor>>,
  options: Pick<AdamWOptions, "betas" | "weightDecay">,
): { w: tf.Tensor; m: tf.Tensor; v: tf.Tensor } {
  const [beta1, beta2] = options.betas;
  const m = tf.add(tf.mul(m_P, beta1), tf.mul(g_P, 1 - beta1));
  const v = tf.add(tf.mul(v_P, beta2), tf.mul(tf.square(g_P), 1 - beta2));
  const step_P = tf.mul(tf.div(m, tf.add(tf.sqrt(v), coefficients.epsilon)), coefficients.stepSize);
  // no decay: saves a pass over all weights
  const decayed_P = options.weightDecay === 0 ? w_P : tf.mul(w_P, coefficients.weightFactor);
  return { w: tf.sub(decayed_P, step_P), m, v };
}
