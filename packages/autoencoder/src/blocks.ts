// The building blocks of encoder and decoder. Their tensors are NCHW: the two transposes around a tfjs convolution then
// cancel in a compiled graph.
//
// N = batch, C = channels, H, W = height and width, G = groups, L = elements of a group, T = H W positions

import { attention, linear, silu } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";

export type Weights = Readonly<Record<string, tf.Tensor>>;

/** Functions over the weights of one network. A path is the name of a module in diffusers' checkpoints. */
export interface Blocks {
  /**
   * A convolution that keeps the sides, or halves them: stride 2, with a row and a column of zeros past the far edges.
   */
  conv(path: string, x_NCHW: tf.Tensor, form?: "same" | "halving"): tf.Tensor;
  /** Applies a group norm, then SiLU. */
  normSilu(path: string, x_NCHW: tf.Tensor): tf.Tensor;
  /**
   * A residual block: x, or its 1x1 projection if the channels change, plus two convolutions after norm and SiLU.
   */
  resnet(path: string, x_NCHW: tf.Tensor): tf.Tensor;
  /** Two residual blocks, with single-head attention over all positions between them. */
  middle(path: string, x_NCHW: tf.Tensor): tf.Tensor;
}

/** The constant added to the variance in every group norm, as in diffusers and in CompVis's code. */
const EPSILON = 1e-6;

export function blocks(w: Weights, groups: number): Blocks {
  const get = (name: string): tf.Tensor => {
    const weight = w[name];
    if (!weight) throw new Error(`autoencoder: no weight named '${name}' was given`);
    return weight;
  };
  const norm = (path: string, x: tf.Tensor) =>
    groupNorm(x, groups, get(`${path}.weight`) as tf.Tensor1D, get(`${path}.bias`) as tf.Tensor1D);
  const self: Blocks = {
    conv(path, x_NCHW, form = "same") {
      const kernel_HWIO = tf.transpose(get(`${path}.weight`), [2, 3, 1, 0]) as tf.Tensor4D;
      const x_NHWC = tf.transpose(x_NCHW, [0, 2, 3, 1]) as tf.Tensor4D;
      const farEdge: [number, number] = [0, 1];
      const y_NHWC =
        form === "same"
          ? tf.conv2d(x_NHWC, kernel_HWIO, 1, "same")
          : tf.conv2d(x_NHWC, kernel_HWIO, 2, [[0, 0], farEdge, farEdge, [0, 0]]);
      return tf.transpose(tf.add(y_NHWC, get(`${path}.bias`)), [0, 3, 1, 2]);
    },
    normSilu: (path, x) => silu(norm(path, x)),
    resnet(path, x) {
      const h = self.conv(`${path}.conv1`, self.normSilu(`${path}.norm1`, x));
      const change = self.conv(`${path}.conv2`, self.normSilu(`${path}.norm2`, h));
      return tf.add(w[`${path}.conv_shortcut.weight`] ? self.conv(`${path}.conv_shortcut`, x) : x, change);
    },
    middle(path, x) {
      const attentionPath = `${path}.attentions.0`;
      const first = self.resnet(`${path}.resnets.0`, x);
      return self.resnet(`${path}.resnets.1`, w[`${attentionPath}.to_q.weight`] ? attend(attentionPath, first) : first);
    },
  };
  /** x plus its attention over all positions. */
  const attend = (path: string, x_NCHW: tf.Tensor): tf.Tensor => {
    const [N, C, H, W] = x_NCHW.shape as [number, number, number, number];
    const x_NTC = tf.transpose(tf.reshape(norm(`${path}.group_norm`, x_NCHW), [N, C, H * W]), [0, 2, 1]);
    const layer = (part: string, x: tf.Tensor) => linear(x, get(`${path}.${part}.weight`), get(`${path}.${part}.bias`));
    const [q, k, v] = ["to_q", "to_k", "to_v"].map((part) => tf.reshape(layer(part, x_NTC), [N, 1, H * W, C]));
    const y_NTC = layer("to_out.0", tf.reshape(attention(q!, k!, v!), [N, H * W, C]));
    return tf.add(x_NCHW, tf.reshape(tf.transpose(y_NTC, [0, 2, 1]), [N, C, H, W]));
  };
  return self;
}

/**
 * Group normalisation: shifts and scales each group of channels to mean 0 and variance 1 over its positions, then
 * scales and shifts each channel. Wu and He, 2018, https://arxiv.org/abs/1803.08494. The variance is that of centred
 * values, because activations here can be far from zero.
 */
export function groupNorm(x_NCHW: tf.Tensor, groups: number, weight_C: tf.Tensor1D, bias_C: tf.Tensor1D): tf.Tensor {
  const [N, C, H, W] = x_NCHW.shape as [number, number, number, number];
  const x_NGL = tf.reshape(x_NCHW, [N, groups, -1]);
  const centred_NGL = tf.sub(x_NGL, tf.mean(x_NGL, 2, true));
  const inverse_NG1 = tf.rsqrt(tf.add(tf.mean(tf.square(centred_NGL), 2, true), EPSILON));
  const scale_NC = tf.mul(tf.reshape(weight_C, [1, groups, C / groups]), inverse_NG1);
  const y_NCHW = tf.mul(tf.reshape(centred_NGL, [N, C, H, W]), tf.reshape(scale_NC, [N, C, 1, 1]));
  return tf.add(y_NCHW, tf.reshape(bias_C, [1, C, 1, 1]));
}
