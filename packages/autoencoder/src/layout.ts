// Names and shapes of an autoencoder's weights, as in diffusers' checkpoints: matrices [out, in] and kernels
// [out, in, h, w].

import type { AutoencoderConfig } from "./config.ts";

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Shapes of the weights that `encode` reads, by name. */
export function encoderWeights(c: AutoencoderConfig): Shapes {
  const { shapes, conv, norm, resnet, middle } = collector(c);
  const moments = 2 * c.latentChannels;
  const deepest = c.widths.at(-1)!;
  conv("encoder.conv_in", c.imageChannels, c.widths[0]!, 3);
  c.widths.forEach((width, i) => {
    const path = `encoder.down_blocks.${i}`;
    for (let j = 0; j < c.layers; j++)
      resnet(`${path}.resnets.${j}`, j === 0 ? c.widths[Math.max(0, i - 1)]! : width, width);
    if (i < c.widths.length - 1) conv(`${path}.downsamplers.0.conv`, width, width, 3);
  });
  middle("encoder.mid_block", deepest);
  norm("encoder.conv_norm_out", deepest);
  conv("encoder.conv_out", deepest, moments, 3);
  if (c.quantConv) conv("quant_conv", moments, moments, 1);
  return shapes;
}

/** Shapes of the weights that `decode` reads, by name. */
export function decoderWeights(c: AutoencoderConfig): Shapes {
  const { shapes, conv, norm, resnet, middle } = collector(c);
  const widths = [...c.widths].reverse();
  const finest = widths.at(-1)!;
  if (c.postQuantConv) conv("post_quant_conv", c.latentChannels, c.latentChannels, 1);
  conv("decoder.conv_in", c.latentChannels, widths[0]!, 3);
  middle("decoder.mid_block", widths[0]!);
  widths.forEach((width, i) => {
    const path = `decoder.up_blocks.${i}`;
    for (let j = 0; j <= c.layers; j++)
      resnet(`${path}.resnets.${j}`, j === 0 ? widths[Math.max(0, i - 1)]! : width, width);
    if (i < widths.length - 1) conv(`${path}.upsamplers.0.conv`, width, width, 3);
  });
  norm("decoder.conv_norm_out", finest);
  conv("decoder.conv_out", finest, c.imageChannels, 3);
  return shapes;
}

/** Functions that collect the shapes of modules. */
function collector({ attention }: AutoencoderConfig) {
  const shapes: Record<string, readonly number[]> = {};
  const layer = (path: string, shape: readonly number[]) => {
    shapes[`${path}.weight`] = shape;
    shapes[`${path}.bias`] = [shape[0]!];
  };
  const conv = (path: string, inputs: number, outputs: number, side: number) =>
    layer(path, [outputs, inputs, side, side]);
  const norm = (path: string, width: number) => layer(path, [width]);
  const resnet = (path: string, inputs: number, outputs: number) => {
    norm(`${path}.norm1`, inputs);
    conv(`${path}.conv1`, inputs, outputs, 3);
    norm(`${path}.norm2`, outputs);
    conv(`${path}.conv2`, outputs, outputs, 3);
    if (inputs !== outputs) conv(`${path}.conv_shortcut`, inputs, outputs, 1);
  };
  const middle = (path: string, width: number) => {
    resnet(`${path}.resnets.0`, width, width);
    if (attention) {
      norm(`${path}.attentions.0.group_norm`, width);
      for (const part of ["to_q", "to_k", "to_v", "to_out.0"]) layer(`${path}.attentions.0.${part}`, [width, width]);
    }
    resnet(`${path}.resnets.1`, width, width);
  };
  return { shapes, conv, norm, resnet, middle };
}
