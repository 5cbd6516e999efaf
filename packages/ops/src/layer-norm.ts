// Layer normalisation with its closed-form gradient.

import * as tf from "@dit-bench/tfjs";
import { hasKernel, runMultiOutputKernel } from "./fused.ts";

/**
 * Layer normalisation over the last axis, without scale and shift: (x - mean) / sqrt(var + eps), where var is the
 * biased variance. Source: Ba, Kiros and Hinton, 2016, https://arxiv.org/abs/1607.06450.
 *
 * @param x any shape [..., D], D >= 1
 * @param eps added to the variance; 1e-6 in the official DiT
 * @throws for a scalar
 */
export function layerNorm(x: tf.Tensor, eps = 1e-6): tf.Tensor {
  if (x.rank === 0) throw new Error("layer norm of a scalar: wanted at least one axis to normalise over");
  return customLayerNorm(eps)(x);
}

const customLayerNorm = (eps: number) =>
  tf.customGrad((x, save) => {
    const { y, invStd } = forward(x as tf.Tensor, eps);
    (save as tf.GradSaveFunc)([y, invStd]);
    // dx = (dy - mean(dy) - y mean(dy y)) / std, where mean is over the last axis
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, invStd] = saved as [tf.Tensor, tf.Tensor];
      const projection = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true));
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), projection), invStd);
    };
    return { value: y, gradFunc };
  });

function forward(x: tf.Tensor, eps: number): { y: tf.Tensor; invStd: tf.Tensor } {
  if (hasKernel("LayerNorm")) {
    const [y, invStd] = runMultiOutputKernel("LayerNorm", { x }, { epsilon: eps }) as [tf.Tensor, tf.Tensor];
    return { y, invStd };
  }
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const invStd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), eps));
  return { y: tf.mul(centred, invStd), invStd };
}
