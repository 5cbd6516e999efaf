// Convolution with scaled weight standardisation: Brock, De and Smith, 2021, https://arxiv.org/abs/2101.08692.
//
// N = images, H, W = height and width, I, O = input and output channels

import * as tf from "@dit-bench/tfjs";

/** Size, stride and channels of a convolution; its weights are `NAME.weight`, `NAME.gain` and `NAME.bias`. */
export interface Convolution {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the square kernel. */
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
}

/**
 * The gain that keeps unit variance through a ReLU: 1 / sqrt(var(relu(z))) for z from N(0, 1), where the variance is
 * (1 - 1/π) / 2. Brock, De and Smith, 2021, section 4.
 */
const RELU_GAIN = Math.SQRT2 / Math.sqrt(1 - 1 / Math.PI);

/** Avoids a division by zero for a kernel of equal weights. */
const EPSILON = 1e-6;

/** Shapes of a convolution's weights, by name. */
export function convolutionWeights(c: Convolution): Record<string, readonly number[]> {
  return {
    [`${c.name}.weight`]: [c.size, c.size, c.inputs, c.outputs],
    [`${c.name}.gain`]: [c.outputs],
    [`${c.name}.bias`]: [c.outputs],
  };
}

/**
 * relu(conv(x, ŵ) + bias), where ŵ is the kernel of each output channel with its mean subtracted and its length scaled
 * to gain · RELU_GAIN. Zero padding gives [N, H / stride, W / stride, O].
 */
export function convolveRelu(c: Convolution, w: Readonly<Record<string, tf.Tensor>>, x_NHWI: tf.Tensor4D): tf.Tensor4D {
  const weight_HWIO = w[`${c.name}.weight`]!;
  const centred_HWIO = tf.sub(weight_HWIO, tf.mean(weight_HWIO, [0, 1, 2], true));
  const length_O = tf.sqrt(tf.add(tf.sum(tf.square(centred_HWIO), [0, 1, 2]), EPSILON));
  const scale_O = tf.mul(tf.div(w[`${c.name}.gain`]!, length_O), RELU_GAIN);
  const kernel_HWIO = tf.mul(centred_HWIO, scale_O) as tf.Tensor4D;
  return tf.relu(tf.add(tf.conv2d(x_NHWI, kernel_HWIO, c.stride, "same"), w[`${c.name}.bias`]!));
}
