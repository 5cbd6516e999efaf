import * as tf from "@tensorflow/tfjs";

/**
 * One update of an exponential moving average of weights: decay * ema + (1 - decay) * w, here as ema + (1 - decay) (w - ema),
 * which leaves a weight that does not change exactly as it is. DiT keeps 0.9999 (https://arxiv.org/abs/2212.09748, section 4).
 *
 * @param ema any shape, starting as a copy of `w`
 * @param decay in [0, 1)
 */
export function emaUpdate(ema: tf.Tensor, w: tf.Tensor, decay: number): tf.Tensor {
  if (!(decay >= 0 && decay < 1)) throw new Error(`EMA decay ${decay}: wanted at least 0 and less than 1`);
  return tf.add(ema, tf.mul(tf.sub(w, ema), 1 - decay));
}
