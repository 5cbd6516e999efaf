import * as tf from "@tensorflow/tfjs";

// N = batch, C = channels, H = height, W = width

/**
 * Which channels of the noise guidance acts on: `"three"` of them, as in the official DiT, whose latents have four, or `"all"`.
 * At scale 1.5 the first equals about 1.375 of the second in FID (https://github.com/facebookresearch/DiT/pull/12).
 */
export type GuidedChannels = "three" | "all";

/**
 * Classifier-free guidance: null + scale (conditional - null) on the noise (Ho & Salimans 2022, https://arxiv.org/abs/2207.12598,
 * eq. 6, with scale = 1 + w; Peebles & Xie 2022, https://arxiv.org/abs/2212.09748, section 3.1). Whatever is not guided (the variance,
 * and the fourth channel under `"three"`) is the conditional output's. Scale 1 is no guidance.
 *
 * The official code carries a second half of the batch for the null class, which starts as a copy of the first, gets noise of its own
 * and is never looked at: each step runs the network on the first half twice. Here there is the first half only.
 *
 * @param outputCond_N2CHW the network's output at x_t with the labels
 * @param outputUncond_N2CHW the same with the null class
 * @returns [N, 2C, H, W], for the step of a sampler
 */
export function guided(
  outputCond_N2CHW: tf.Tensor,
  outputUncond_N2CHW: tf.Tensor,
  scale: number | tf.Tensor,
  channels: GuidedChannels,
): tf.Tensor {
  const twoC = outputCond_N2CHW.shape[1] as number;
  if (`${outputCond_N2CHW.shape}` !== `${outputUncond_N2CHW.shape}` || twoC % 2 !== 0) {
    throw new Error(
      `guidance: outputs [${outputCond_N2CHW.shape}] and [${outputUncond_N2CHW.shape}]: wanted two of one shape [N, 2C, H, W]`,
    );
  }
  const count = channels === "three" ? 3 : twoC / 2;
  if (count > twoC / 2) {
    throw new Error(`guidance on three channels: the noise has ${twoC / 2}: wanted at least 3, or guidance on "all"`);
  }
  const [cond, rest] = tf.split(outputCond_N2CHW, [count, twoC - count], 1) as [tf.Tensor, tf.Tensor];
  const [uncond] = tf.split(outputUncond_N2CHW, [count, twoC - count], 1) as [tf.Tensor, tf.Tensor];
  return tf.concat([tf.add(uncond, tf.mul(scale, tf.sub(cond, uncond))), rest], 1);
}
