// The Inception-v3 of FID, as a function of its weights.
//
// N = images, S = side in pixels, H, W = height and width, C = channels, I, O = input and output channels, F = features

import * as tf from "@dit-bench/tfjs";
import type { Extractor } from "../extractor.ts";
import { checkpointShapes, foldedShapes, foldNorms, type NormedConvolution } from "../fold-norms.ts";
import { type Convolution, convolutionsOf, inceptionBlocks, type Layer } from "./layout.ts";

/** Where features are taken, named by their number in the published network. */
export const inceptionTaps = [64, 192, 768, 2048] as const;
export type InceptionTap = (typeof inceptionTaps)[number];

const IMAGE_SIZE = 299;

/** Added to a norm's variance: torchvision's BasicConv2d has `BatchNorm2d(out_channels, eps=0.001)`. */
const EPSILON = 1e-3;

/**
 * Spatial features, for sFID (Nash et al., 2021, https://arxiv.org/abs/2103.03841): the first 7 channels of this
 * convolution at each of 17 x 17 positions, 2023 numbers. The evaluator of Dhariwal and Nichol, 2021
 * (https://arxiv.org/abs/2105.05233), uses `mixed_6/conv`, which is TensorFlow's name of the same convolution.
 */
const SPATIAL = { name: "Mixed_6d.branch1x1", channels: 7, side: 17 } as const;

/** An extractor whose weights are folded from a published checkpoint. */
export interface Inception extends Extractor {
  /** Shape of every weight in pytorch-fid's checkpoint, by name; it also has a classifier, `fc.*`. */
  readonly checkpoint: Readonly<Record<string, readonly number[]>>;
  /** Converts a checkpoint's weights to the extractor's, with batch norms folded into convolutions. */
  fold(checkpoint: Readonly<Record<string, Float32Array>>): Record<string, Float32Array>;
}

export interface InceptionOptions {
  /** The default is 2048, the features of FID. The others are averages of earlier maps over their positions. */
  readonly tap?: InceptionTap;
  /** Compute the spatial features instead. */
  readonly spatial?: boolean;
  /** Divides every width of the network: 1 except in tests. */
  readonly divisor?: number;
}

/** @see Heusel et al., 2017, https://arxiv.org/abs/1706.08500; layout.ts has the network */
export function inception({ tap = 2048, spatial = false, divisor = 1 }: InceptionOptions = {}): Inception {
  const blocks = inceptionBlocks(divisor);
  const last = spatial ? inceptionTaps.indexOf(768) : inceptionTaps.indexOf(tap);
  const usedLayers = blocks.slice(0, last + 1).flatMap(({ layers }) => layers);
  const convolutions = convolutionsOf(usedLayers).map(({ name, inputs, outputs, kernel }): NormedConvolution => {
    return { name, kernel: `${name}.conv`, norm: `${name}.bn`, shape: [outputs, inputs, ...kernel] };
  });
  const spatialChannels = Math.min(SPATIAL.channels, 192 / divisor);
  const dimension = spatial ? spatialChannels * SPATIAL.side ** 2 : blocks[last]!.width;
  return {
    id: `inception-2015-12-05/${spatial ? "spatial" : tap}${divisor === 1 ? "" : ` narrowed ${divisor} times`}`,
    imageSize: IMAGE_SIZE,
    dimension,
    weights: foldedShapes(convolutions),
    checkpoint: checkpointShapes(convolutions),
    fold: (checkpoint) => foldNorms(convolutions, checkpoint, EPSILON),
    features(w, x_NSSC) {
      const [N, height, width, channels] = x_NSSC.shape;
      if (height !== IMAGE_SIZE || width !== IMAGE_SIZE || channels !== 3)
        throw new Error(
          `inception: images are [${x_NSSC.shape}], wanted [N, ${IMAGE_SIZE}, ${IMAGE_SIZE}, 3]: resize them first`,
        );
      const outputs = new Map<string, tf.Tensor4D>();
      const map_NHWC = runLayers(usedLayers, w, x_NSSC, outputs);
      if (!spatial) return tf.mean(map_NHWC, [1, 2]) as tf.Tensor2D;
      const maps_NHWC = tf.slice(outputs.get(SPATIAL.name)!, [0, 0, 0, 0], [N, -1, -1, spatialChannels]);
      return tf.reshape(maps_NHWC, [N, dimension]) as tf.Tensor2D;
    },
  };
}

type Weights = Readonly<Record<string, tf.Tensor>>;

/** Runs layers one after another. @param outputs receives the output of every convolution, by its name */
function runLayers(
  layers: readonly Layer[],
  w: Weights,
  x_NHWC: tf.Tensor4D,
  outputs: Map<string, tf.Tensor4D>,
): tf.Tensor4D {
  return layers.reduce((x, layer) => {
    if ("branches" in layer)
      return tf.concat(
        layer.branches.map((branch) => runLayers(branch, w, x, outputs)),
        3,
      );
    if ("name" in layer) {
      const y = convolveRelu(layer, w, x);
      outputs.set(layer.name, y);
      return y;
    }
    const padding = layer.stride === 1 ? "same" : "valid";
    return layer.pool === "average" ? tf.avgPool(x, 3, layer.stride, padding) : tf.maxPool(x, 3, layer.stride, padding);
  }, x_NHWC);
}

function convolveRelu({ name, stride, padding }: Convolution, w: Weights, x_NHWI: tf.Tensor4D): tf.Tensor4D {
  const kernel_HWIO = tf.transpose(w[`${name}.weight`]!, [2, 3, 1, 0]) as tf.Tensor4D;
  return tf.relu(tf.add(tf.conv2d(x_NHWI, kernel_HWIO, stride, padding), w[`${name}.bias`]!));
}
