// The exponential moving average of weights.

import * as tf from "@dit-bench/tfjs";

/**
 * One update: decay · ema + (1 - decay) · w, computed as ema + (1 - decay) (w - ema), which keeps a constant weight
 * bit-equal. DiT uses a decay of 0.9999 (Peebles & Xie 2022, https://arxiv.org/abs/2212.09748, section 4).
 *
 * @param ema any shape; it starts as a copy of `w`
 * @param decay in [0, 1)
 * @throws Error if `decay` is out of range
 */
export function emaUpdate(ema: tf.Tensor, w: tf.Tensor, decay: number): tf.Tensor {
  if (!(decay >= 0 && decay < 1)) throw new Error(`EMA decay ${decay}: wanted at least 0 and less than 1`);
  return tf.add(ema, tf.mul(tf.sub(w, ema), 1 - decay));
}
