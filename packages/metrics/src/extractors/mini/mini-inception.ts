// The feature extractors of the recipes of miniatures: their network, initial weights and final scaling.
//
// N = images, S = side in pixels, H, W = height and width, C = channels, F = features, K = classes

import { linear } from "@dit-bench/ops";
import { normals } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import type { Statistics } from "../../statistics.ts";
import type { Classifier, Extractor } from "../extractor.ts";
import { type Convolution, convolutionWeights, convolveRelu } from "./scaled-convolution.ts";

const FEATURES = 64;

/** Branches on the same input, concatenated along the channels; each is a chain of convolutions. */
type Block = readonly (readonly Convolution[])[];

/** Sides of the images that there is a network for. */
export type MiniImageSize = 32 | 64;

interface Variant {
  readonly id: string;
  /** The first blocks, whose output is 16 x 32. */
  readonly stem: readonly Block[];
}

/** The network for 64 x 64 images has one more convolution, at their full resolution, so that it sees every pixel. */
const VARIANTS: Readonly<Record<MiniImageSize, Variant>> = {
  32: { id: "mini-inception/1", stem: [[[conv("stem.conv1", 3, 16)]]] },
  64: { id: "mini64-inception/1", stem: [[[conv("stem.conv0", 3, 16)]], [[conv("stem.conv1", 16, 16, 3, 2)]]] },
};

// The comment at the end of a line has channels x side of its output.
const BLOCKS: readonly Block[] = [
  [[conv("stem.conv2", 16, 32, 3, 2)]], // 32 x 16
  mixed("mixed1", 32, { one: 16, three: [16, 32], double: [16, 16] }), // 64 x 16
  [
    [conv("reduce.branch3x3", 64, 48, 3, 2)],
    [conv("reduce.branch3x3dbl_1", 64, 32, 1), conv("reduce.branch3x3dbl_2", 32, 48, 3, 2)],
  ], // 96 x 8
  mixed("mixed2", 96, { one: 32, three: [32, 48], double: [32, 48] }), // 128 x 8
  mixed("mixed3", 128, { one: 48, three: [32, 64], double: [32, 48] }), // 160 x 8
];
const POOLED = 160;

/**
 * A small Inception-style classifier of 32 x 32 or 64 x 64 images (Szegedy et al., 2016,
 * https://arxiv.org/abs/1512.00567) with about 200,000 weights. Its 64 features give the FID of the recipes of
 * miniatures, which is never comparable with a published FID: those are over Inception-v3.
 *
 * Design choices:
 * - Kernels are standardised, not activations (see scaled-convolution.ts). So there are no running statistics, an
 * image's features do not depend on its batch, and there is no cost per pixel.
 * - Features are a linear map of the averages over positions, with no ReLU after it. Each is a signed sum of 160
 * averages, so none is dead or clipped at 0. Their distribution is close to the Gaussian that the Fréchet distance
 * assumes, and 64 features of 160 averages keep the covariance at full rank.
 * - `standardiseFeatures` finally scales each feature to mean 0 and variance 1 over a set of real images. So a shift of
 * one feature by its standard deviation adds 1 to the Fréchet distance, and no feature outweighs the others.
 */
export function miniInception(classes: number, imageSize: MiniImageSize = 32): Classifier {
  if (!(Number.isInteger(classes) && classes >= 2))
    throw new RangeError(`mini inception: classes is ${classes}, wanted a whole number of at least 2`);
  const { id, stem } = VARIANTS[imageSize];
  const blocks = [...stem, ...BLOCKS];
  const features: Extractor["features"] = (w, x_NSSC) => {
    const [, height, width, channels] = x_NSSC.shape;
    if (height !== imageSize || width !== imageSize || channels !== 3)
      throw new Error(
        `mini inception: images are [${x_NSSC.shape}], wanted [N, ${imageSize}, ${imageSize}, 3]: resize them first`,
      );
    const x_NHWC = blocks.reduce((x, block) => {
      const branches = block.map((convolutions) => convolutions.reduce((y, c) => convolveRelu(c, w, y), x));
      return branches.length === 1 ? branches[0]! : tf.concat(branches, 3);
    }, x_NSSC);
    const pooled_NC = tf.mean(x_NHWC, [1, 2]);
    return linear(pooled_NC, w["features.weight"]!, w["features.bias"]!) as tf.Tensor2D;
  };
  return {
    id,
    imageSize,
    dimension: FEATURES,
    weights: Object.assign(
      {},
      ...blocks.flat(2).map(convolutionWeights),
      { "features.weight": [FEATURES, POOLED], "features.bias": [FEATURES] },
      { "logits.weight": [classes, FEATURES], "logits.bias": [classes] },
    ),
    features,
    logits: (w, x_NSSC) => linear(features(w, x_NSSC), w["logits.weight"]!, w["logits.bias"]!) as tf.Tensor2D,
  };
}

/**
 * Initial weights for training: kernels and matrices N(0, 2 / inputs) (He et al., 2015,
 * https://arxiv.org/abs/1502.01852), gains 1, biases 0. The logits' matrix is scaled by 0.1, so that the first steps
 * need not undo confident predictions.
 */
export function initialWeights(extractor: Extractor, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(extractor.weights).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      if (name.endsWith(".bias")) return [name, new Float32Array(size)];
      if (name.endsWith(".gain")) return [name, new Float32Array(size).fill(1)];
      const inputs = shape.length === 2 ? shape[1]! : size / shape.at(-1)!;
      const deviation = Math.sqrt(2 / inputs) * (name === "logits.weight" ? 0.1 : 1);
      return [name, normals(seed, `mini-inception.${name}`, 0, size).map((x) => deviation * x)];
    }),
  );
}

/**
 * Weights of the same network with every feature shifted and scaled to mean 0 and variance 1 over a set of images; the
 * logits do not change.
 *
 * @param w weights; the second argument has the statistics of the images' features under these weights
 * @throws if a feature has the same value for all images
 */
export function standardiseFeatures(
  w: Readonly<Record<string, Float32Array>>,
  { mean, covariance, dimension }: Statistics,
): Record<string, Float32Array> {
  const weight_FC = w["features.weight"]!.slice();
  const bias_F = w["features.bias"]!.slice();
  const logits_KF = w["logits.weight"]!.slice();
  const logitsBias_K = w["logits.bias"]!.slice();
  const inputs = weight_FC.length / dimension;
  for (let f = 0; f < dimension; f++) {
    const deviation = Math.sqrt(covariance[f * dimension + f]!);
    if (!(deviation > 0))
      throw new Error(
        `mini inception: feature ${f} does not vary over the images (standard deviation ${deviation}): ` +
          "train the extractor, or give it other images",
      );
    for (let c = 0; c < inputs; c++) weight_FC[f * inputs + c] = weight_FC[f * inputs + c]! / deviation;
    bias_F[f] = (bias_F[f]! - mean[f]!) / deviation;
    for (let k = 0; k < logitsBias_K.length; k++) {
      const at = k * dimension + f;
      logitsBias_K[k] = logitsBias_K[k]! + logits_KF[at]! * mean[f]!;
      logits_KF[at] = logits_KF[at]! * deviation;
    }
  }
  return {
    ...w,
    "features.weight": weight_FC,
    "features.bias": bias_F,
    "logits.weight": logits_KF,
    "logits.bias": logitsBias_K,
  };
}

/** An Inception block of three branches: 1 x 1; 1 x 1, 3 x 3; 1 x 1, 3 x 3, 3 x 3 of equal widths. */
function mixed(
  name: string,
  inputs: number,
  widths: { one: number; three: [number, number]; double: [number, number] },
): Block {
  const [reduced, three] = widths.three;
  const [doubleReduced, double] = widths.double;
  return [
    [conv(`${name}.branch1x1`, inputs, widths.one, 1)],
    [conv(`${name}.branch3x3_1`, inputs, reduced, 1), conv(`${name}.branch3x3_2`, reduced, three)],
    [
      conv(`${name}.branch3x3dbl_1`, inputs, doubleReduced, 1),
      conv(`${name}.branch3x3dbl_2`, doubleReduced, double),
      conv(`${name}.branch3x3dbl_3`, double, double),
    ],
  ];
}

function conv(name: string, inputs: number, outputs: number, size: 1 | 3 = 3, stride: 1 | 2 = 1): Convolution {
  return { name, inputs, outputs, size, stride };
}
