// Activation functions with closed-form gradients.

import * as tf from "@dit-bench/tfjs";
import { hasKernel, runKernel } from "./fused.ts";

/**
 * k = 2 sqrt(2/pi) and c = 0.044715 k. The tanh form of GELU is x sigmoid(2u) with 2u = k x + c x^3, because
 * (1 + tanh u) / 2 = sigmoid(2u).
 */
const k = 2 * Math.sqrt(2 / Math.PI);
const c = k * 0.044715;

/**
 * GELU in its tanh form, as DiT's MLP uses it: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
 * Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415. Elementwise, for any shape.
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return customGelu(x);
}

const customGelu = tf.customGrad((x, save) => {
  const x_ = x as tf.Tensor;
  const value = hasKernel("Gelu") ? runKernel("Gelu", { x: x_ }) : tf.mul(x_, gate(x_));
  (save as tf.GradSaveFunc)([x_, value]);
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    if (hasKernel("GeluGrad")) return runKernel("GeluGrad", { dy, x, y });
    // y = x s with s = sigmoid(2u): dy/dx = s + x s (1 - s) (2u)' = s (1 + (x - y) (2u)')
    const slope = tf.add(k, tf.mul(3 * c, tf.square(x)));
    return tf.mul(dy, tf.mul(gate(x), tf.add(1, tf.mul(tf.sub(x, y), slope))));
  };
  return { value, gradFunc };
});

/** sigmoid(2u) = sigmoid(x (k + c x^2)). */
function gate(x: tf.Tensor): tf.Tensor {
  return tf.sigmoid(tf.mul(x, tf.add(k, tf.mul(c, tf.square(x)))));
}

/** SiLU, x sigmoid(x), also called swish (https://arxiv.org/abs/1710.05941). Elementwise, for any shape. */
export function silu(x: tf.Tensor): tf.Tensor {
  return customSilu(x);
}

const customSilu = tf.customGrad((x, save) => {
  const s = tf.sigmoid(x as tf.Tensor);
  const value = tf.mul(x as tf.Tensor, s);
  (save as tf.GradSaveFunc)([x as tf.Tensor, s, value]);
  // y = x s: dy/dx = s + x s (1 - s) = s (1 + x - y)
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
    const [x, s, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.mul(dy, tf.mul(s, tf.add(1, tf.sub(x, y))));
  };
  return { value, gradFunc };
});
