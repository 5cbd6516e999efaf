// Folds batch norms into convolutions: at inference a batch norm is a scale and a shift of each channel.
//
// O, I, H, W = output and input channels, height and width of a kernel

import { type Convolution, convolutionsOf, type Layer } from "./layout.ts";

/** Added to the variance: torchvision's BasicConv2d has `BatchNorm2d(out_channels, eps=0.001)`. */
const EPSILON = 1e-3;

const norms = ["weight", "bias", "running_mean", "running_var"] as const;

/** Shape of every weight that is read of the checkpoint, by name; the checkpoint also has a classifier, `fc.*`. */
export function checkpointShapes(layers: readonly Layer[]): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  for (const { name, inputs, outputs, kernel } of convolutionsOf(layers)) {
    shapes[`${name}.conv.weight`] = [outputs, inputs, ...kernel];
    for (const part of norms) shapes[`${name}.bn.${part}`] = [outputs];
  }
  return shapes;
}

/** Shape of every folded weight, by name. */
export function foldedShapes(layers: readonly Layer[]): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  for (const { name, inputs, outputs, kernel } of convolutionsOf(layers)) {
    shapes[`${name}.weight`] = [outputs, inputs, ...kernel];
    shapes[`${name}.bias`] = [outputs];
  }
  return shapes;
}

/**
 * (conv(x) - mean) / sqrt(variance + ε) · weight + bias = conv'(x) + bias', in double precision.
 *
 * @throws if a variance or weight gives no finite scale
 */
export function foldNorms(
  layers: readonly Layer[],
  checkpoint: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  const folded: Record<string, Float32Array> = {};
  for (const convolution of convolutionsOf(layers)) fold(convolution, checkpoint, folded);
  return folded;
}

function fold(
  { name, inputs, outputs, kernel: [H, W] }: Convolution,
  checkpoint: Readonly<Record<string, Float32Array>>,
  folded: Record<string, Float32Array>,
): void {
  const weight_OIHW = checkpoint[`${name}.conv.weight`]!.slice();
  const bias_O = new Float32Array(outputs);
  const [gain_O, shift_O, mean_O, variance_O] = norms.map((part) => checkpoint[`${name}.bn.${part}`]!) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const kernelSize = inputs * H * W;
  for (let o = 0; o < outputs; o++) {
    const scale = gain_O[o]! / Math.sqrt(variance_O[o]! + EPSILON);
    if (!Number.isFinite(scale))
      throw new Error(
        `inception: channel ${o} of '${name}.bn' has variance ${variance_O[o]} and weight ${gain_O[o]}: ` +
          "wanted finite numbers and no negative variance; the checkpoint is damaged, fetch it again",
      );
    for (let i = o * kernelSize; i < (o + 1) * kernelSize; i++) weight_OIHW[i] = weight_OIHW[i]! * scale;
    bias_O[o] = shift_O[o]! - mean_O[o]! * scale;
  }
  folded[`${name}.weight`] = weight_OIHW;
  folded[`${name}.bias`] = bias_O;
}
