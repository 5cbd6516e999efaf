// Adapters: Houlsby et al. 2019, https://arxiv.org/abs/1902.00751.
//
// D = width, R = bottleneck

import { defineMethod, graft, linear, normal, ones, tf, z, zeros } from "@dit-bench/method";

/**
 * A bottleneck after attention and after the MLP of every block: y + W_up gelu(W_down y + b_down) + b_up. It reads the
 * output y of the branch's last layer, before the gate and the residual addition. Scale and shift of the layer norms
 * train, too.
 *
 * Defaults: the paper's W ~ N(0, 0.01²) and biases at zero, so the model starts near the base model, not as it. The
 * bottleneck of 64 and the tanh form of GELU are those of the authors' code
 * (https://github.com/google-research/adapter-bert).
 */
export default defineMethod({
  name: "houlsby",
  label: () => "Houlsby",
  source: "Houlsby et al. 2019, https://arxiv.org/abs/1902.00751",
  options: z.strictObject({
    bottleneck: z.int().min(1).default(64).describe("hidden width of each adapter; the paper tries 8, 64 and 256"),
    std: z.number().positive().default(0.01).describe("standard deviation of the starting values of W_down and W_up"),
    norm: z.boolean().default(true).describe("train a scale and a shift on every layer norm"),
  }),
  learningRate: 3e-4, // the README of the authors' code
  promises: {
    startsAsBase: false,
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 8_574_464 },
      { model: "DiT-XL/2", classes: 101, options: { bottleneck: 8, norm: false }, count: 1_214_656 },
    ],
  },
  adapt: ({ bottleneck: R, std, norm }) => ({
    grafts: [
      graft({
        at: "blocks.*.{attn,mlp}",
        weights: ({ out: D }) => ({
          down_RD: normal(std, R, D),
          downBias_R: zeros(R),
          up_DR: normal(std, D, R),
          upBias_D: zeros(D),
        }),
        forward(call, x, { down_RD, downBias_R, up_DR, upBias_D }) {
          const y = call(x);
          return tf.add(y, linear(gelu(linear(y, down_RD, downBias_R)), up_DR, upBias_D));
        },
      }),
      ...(norm ? [affineNorms] : []),
    ],
  }),
});

const affineNorms = graft({
  at: "**.{norm1,norm2,norm_final}",
  weights: ({ out: D }) => ({ scale_D: ones(D), shift_D: zeros(D) }),
  affine: ({ scale_D, shift_D }) => ({ scale: scale_D, shift: shift_D }),
});

/** x (1 + tanh(k (x + 0.044715 x³))) / 2 with k = √(2 / π), as x sigmoid(2 k (x + 0.044715 x³)). */
const gelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(x, tf.sigmoid(tf.mul(tf.mul(Math.sqrt(8 / Math.PI), x), tf.add(1, tf.mul(0.044715, tf.square(x))))));
