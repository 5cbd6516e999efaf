// Encodes images to latents and decodes latents to images, as functions of the weights. Rombach et al., 2022,
// https://arxiv.org/abs/2112.10752. The network is that of Esser et al., 2021, https://arxiv.org/abs/2012.09841, with a
// normal distribution over latents in place of a codebook.
//
// N = batch, C = image channels, S = sides in pixels, Z = latent channels, L = sides of a latent

import * as tf from "@dit-bench/tfjs";
import { blocks, type Weights } from "./blocks.ts";
import type { AutoencoderConfig } from "./config.ts";

/**
 * Encodes images to the moments of the distribution over unscaled latents; `posterior` reads the moments.
 *
 * @param w `encoderWeights(config)`, by name
 * @param x_NCSS in [-1, 1]; sides are multiples of `downsampling(config)`
 * @returns [N, 2Z, L, L]: means, then logarithms of variances, not clamped
 */
export function encode(w: Weights, config: AutoencoderConfig, x_NCSS: tf.Tensor): tf.Tensor {
  const { conv, normSilu, resnet, middle } = blocks(w, config.groups);
  let h = conv("encoder.conv_in", x_NCSS);
  for (let i = 0; i < config.widths.length; i++) {
    const path = `encoder.down_blocks.${i}`;
    for (let j = 0; j < config.layers; j++) h = resnet(`${path}.resnets.${j}`, h);
    if (i < config.widths.length - 1) h = conv(`${path}.downsamplers.0.conv`, h, "halving");
  }
  h = conv("encoder.conv_out", normSilu("encoder.conv_norm_out", middle("encoder.mid_block", h)));
  return config.quantConv ? conv("quant_conv", h) : h;
}

/**
 * Decodes latents to images.
 *
 * @param w `decoderWeights(config)`, by name
 * @param z_NZLL unscaled latents
 * @returns [N, C, S, S], in about [-1, 1]: the network may exceed that range
 */
export function decode(w: Weights, config: AutoencoderConfig, z_NZLL: tf.Tensor): tf.Tensor {
  const { conv, normSilu, resnet, middle } = blocks(w, config.groups);
  let h = conv("decoder.conv_in", config.postQuantConv ? conv("post_quant_conv", z_NZLL) : z_NZLL);
  h = middle("decoder.mid_block", h);
  for (let i = 0; i < config.widths.length; i++) {
    const path = `decoder.up_blocks.${i}`;
    for (let j = 0; j <= config.layers; j++) h = resnet(`${path}.resnets.${j}`, h);
    if (i < config.widths.length - 1) h = conv(`${path}.upsamplers.0.conv`, doubleSides(h));
  }
  return conv("decoder.conv_out", normSilu("decoder.conv_norm_out", h));
}

/** Doubles the sides by nearest neighbour. */
function doubleSides(x_NCHW: tf.Tensor): tf.Tensor {
  const [, , H, W] = x_NCHW.shape as [number, number, number, number];
  const x_NHWC = tf.transpose(x_NCHW, [0, 2, 3, 1]) as tf.Tensor4D;
  return tf.transpose(tf.image.resizeNearestNeighbor(x_NHWC, [2 * H, 2 * W]), [0, 3, 1, 2]);
}
