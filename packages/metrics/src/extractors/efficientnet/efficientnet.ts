// EfficientNet-Lite0 as an extractor: features of a network that was trained on photographs.
//
// N = images, S = side in pixels, H, W = height and width, C, I, O = channels, input and output channels, F = features

import * as tf from "@dit-bench/tfjs";
import type { Extractor } from "../extractor.ts";
import { checkpointShapes, foldedShapes, foldNorms, type NormedConvolution } from "../fold-norms.ts";
import { type Convolution, efficientNetGroups, type Group } from "./layout.ts";

const IMAGE_SIZE = 224;

/** Added to the variance: the published model has `batch_norm_epsilon=1e-3`. */
const EPSILON = 1e-3;

/** The published network takes (pixel - 127) / 128, with pixels from 0 to 255. */
const [PIXEL_MEAN, PIXEL_SCALE] = [127, 128];

/** An extractor whose weights are folded from a published checkpoint. */
export interface EfficientNet extends Extractor {
  /** Shape of every weight in the checkpoint, by name; it also has a classifier, `_fc.*`. */
  readonly checkpoint: Readonly<Record<string, readonly number[]>>;
  /** Converts a checkpoint's weights to the extractor's, with batch norms folded into convolutions. */
  fold(checkpoint: Readonly<Record<string, Float32Array>>): Record<string, Float32Array>;
}

/**
 * Features are the outputs of the last convolution, averaged over their positions: the classifier's input. Their
 * Fréchet distance is not the FID of Inception, and the two must not be compared.
 *
 * @param divisor divides every width of the published network: 1 except in tests
 * @see layout.ts
 */
export function efficientNetLite0({ divisor = 1 }: { readonly divisor?: number } = {}): EfficientNet {
  const groups = efficientNetGroups(divisor);
  const convolutions = groups.flatMap((group) => group.convolutions.map(withNorm));
  return {
    id: `efficientnet-lite0/1${divisor === 1 ? "" : ` narrowed ${divisor} times`}`,
    imageSize: IMAGE_SIZE,
    dimension: convolutions.at(-1)!.shape[0]!,
    weights: foldedShapes(convolutions),
    checkpoint: checkpointShapes(convolutions),
    fold: (checkpoint) => foldNorms(convolutions, checkpoint, EPSILON),
    features(w, x_NSSC) {
      const [, height, width, channels] = x_NSSC.shape;
      if (height !== IMAGE_SIZE || width !== IMAGE_SIZE || channels !== 3)
        throw new Error(
          `efficientnet-lite0: images are [${x_NSSC.shape}], wanted [N, ${IMAGE_SIZE}, ${IMAGE_SIZE}, 3]: ` +
            "resize them first",
        );
      const pixels = tf.mul(tf.add(x_NSSC, 1), 127.5);
      const input = tf.div(tf.sub(pixels, PIXEL_MEAN), PIXEL_SCALE) as tf.Tensor4D;
      const map_NHWC = groups.reduce((x, group) => runGroup(group, w, x), input);
      return tf.mean(map_NHWC, [1, 2]) as tf.Tensor2D;
    },
  };
}

function withNorm({ name, norm, inputs, outputs, side, depthwise }: Convolution): NormedConvolution {
  return { name, kernel: name, norm, shape: [outputs, depthwise ? 1 : inputs, side, side] };
}

type Weights = Readonly<Record<string, tf.Tensor>>;

function runGroup({ convolutions, residual }: Group, w: Weights, x_NHWC: tf.Tensor4D): tf.Tensor4D {
  const y = convolutions.reduce((map, one) => convolve(one, w, map), x_NHWC);
  return residual ? tf.add(y, x_NHWC) : y;
}

function convolve({ name, stride, depthwise, linear }: Convolution, w: Weights, x_NHWI: tf.Tensor4D): tf.Tensor4D {
  const kernel = w[`${name}.weight`]!;
  const map = depthwise
    ? tf.depthwiseConv2d(x_NHWI, tf.transpose(kernel, [2, 3, 0, 1]) as tf.Tensor4D, stride, "same")
    : tf.conv2d(x_NHWI, tf.transpose(kernel, [2, 3, 1, 0]) as tf.Tensor4D, stride, "same");
  const y = tf.add(map, w[`${name}.bias`]!) as tf.Tensor4D;
  return linear ? y : tf.relu6(y);
}
