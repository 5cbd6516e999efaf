// PyTorch's linear layer.
//
// I = input width, O = output width

import * as tf from "@dit-bench/tfjs";

/**
 * x W^T + b over the last axis, in PyTorch's layout: weight [O, I], bias [O].
 *
 * @param x [..., I], any leading axes
 * @returns [..., O]
 * @throws if the shapes do not fit
 */
export function linear(x: tf.Tensor, weight_OI: tf.Tensor, bias_O?: tf.Tensor): tf.Tensor {
  const [outputs, inputs] = weight_OI.shape as [number, number];
  if (weight_OI.rank !== 2 || x.rank === 0 || x.shape.at(-1) !== inputs) {
    throw new Error(
      `linear: x [${x.shape}] does not fit weight [${weight_OI.shape}]: wanted x [..., I] and weight [O, I]`,
    );
  }
  if (bias_O && (bias_O.rank !== 1 || bias_O.shape[0] !== outputs)) {
    throw new Error(
      `linear: bias [${bias_O.shape}] does not fit weight [${weight_OI.shape}]: wanted bias [${outputs}]`,
    );
  }
  const rows = tf.reshape(x, [-1, inputs]);
  const withoutBias = tf.reshape(tf.matMul(rows, weight_OI as tf.Tensor2D, false, true), [
    ...x.shape.slice(0, -1),
    outputs,
  ]);
  return bias_O ? tf.add(withoutBias, bias_O) : withoutBias;
}
