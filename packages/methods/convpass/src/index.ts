// Convpass: Jie & Deng 2022, https://arxiv.org/abs/2207.07039.
//
// N = batch, S = side of the token grid, T = S² tokens, D = width, R = bottleneck

import { defineMethod, graft, type Init, linear, tf, uniform, z, zeros } from "@dit-bench/method";

/**
 * A bottleneck with a 3×3 convolution over the token grid, beside attention and beside the MLP of every block:
 * scale · (W_up φ(conv(φ(W_down x + b_down))) + b_up) with φ(x) = x sigmoid(1.702 x). It reads the modulated norm that
 * the branch reads, and adds to the branch's output before the gate.
 *
 * Defaults: those of the authors' code (https://github.com/JieShibo/PETL-ViT): bottleneck 8, W_down Xavier uniform, a
 * convolution that starts as the identity, W_up and biases at zero. Their dropout of 0.1 before W_up is left out: a
 * step here uses no randomness.
 */
export default defineMethod({
  name: "convpass",
  label: ({ beside }) => (beside.includes("mlp") ? "Convpass" : "Convpass-Attn"),
  source: "Jie & Deng 2022, https://arxiv.org/abs/2207.07039",
  options: z.strictObject({
    beside: z
      .array(z.enum(["attn", "mlp"]))
      .min(1)
      .default(["attn", "mlp"])
      .describe("branches with a bypass: attention, MLP; the paper's Convpass-attn has only attn"),
    bottleneck: z.int().min(1).default(8).describe("hidden width and channels of the convolution"),
    scale: z.number().default(1).describe("fixed factor on the output; the paper chooses it for each dataset"),
  }),
  learningRate: 1e-3, // the authors' code
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 1_247_360 },
      { model: "DiT-XL/2", classes: 101, options: { beside: ["attn"] }, count: 682_432 },
    ],
  },
  adapt: ({ beside, bottleneck: R, scale }) => ({
    grafts: [
      graft({
        at: `blocks.*.{${beside}}`,
        weights: ({ in: D }) => ({
          down_RD: uniform(Math.sqrt(6 / (D + R)), R, D),
          downBias_R: zeros(R),
          conv_R33R: identityConvolution(R),
          convBias_R: zeros(R),
          up_DR: zeros(D, R),
          upBias_D: zeros(D),
        }),
        forward(call, x_NTD, { down_RD, downBias_R, conv_R33R, convBias_R, up_DR, upBias_D }) {
          const hidden_NTR = quickGelu(linear(x_NTD, down_RD, downBias_R));
          const mixed_NTR = linear(windows(hidden_NTR), tf.reshape(conv_R33R, [R, 9 * R]), convBias_R);
          return tf.add(call(x_NTD), tf.mul(scale, linear(quickGelu(mixed_NTR), up_DR, upBias_D)));
        },
      }),
    ],
  }),
});

/** Weights [out, row, column, in] that copy the central token. */
const identityConvolution = (R: number): Init => ({
  shape: [R, 3, 3, R],
  values: () =>
    Float32Array.from({ length: 9 * R * R }, (_, i) => Number(i % (9 * R) === 4 * R + Math.floor(i / (9 * R)))),
});

const quickGelu = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sigmoid(tf.mul(1.702, x)));

/**
 * The 3×3 window around each token, with zeros beyond the edges of the grid: [N, T, 9 R] by row, column and channel. A
 * linear layer on it is the convolution.
 */
function windows(x_NTR: tf.Tensor): tf.Tensor {
  const [N, T, R] = x_NTR.shape as [number, number, number];
  const S = Math.sqrt(T);
  const padded = tf.pad(tf.reshape(x_NTR, [N, S, S, R]), [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const columns = [0, 1, 2].map((column) => tf.slice(padded, [0, 0, column, 0], [N, S + 2, S, R]));
  const rows = [0, 1, 2].map((row) => tf.slice(tf.concat(columns, 3), [0, row, 0, 0], [N, S, S, 3 * R]));
  return tf.reshape(tf.concat(rows, 3), [N, T, 9 * R]);
}
