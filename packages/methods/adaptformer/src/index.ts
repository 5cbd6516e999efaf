// AdaptFormer: Chen et al. 2022, https://arxiv.org/abs/2205.13535.
//
// D = width, R = bottleneck

import { defineMethod, graft, kaiming, linear, tf, z, zeros } from "@dit-bench/method";

/**
 * A bottleneck with each MLP: scale · (W_up relu(W_down x + b_down) + b_up).
 *
 * - `parallel` reads the residual stream before its norm, and adds to the output of the gated MLP.
 * - `sequential` reads the output of the MLP and adds to it before the gate.
 *
 * Defaults: those of the authors' code (https://github.com/ShoufaChen/AdaptFormer): bottleneck 64, scale 0.1, no layer
 * norm, W_up and biases start at zero. Their dropout of 0.1 between the two layers is left out: a step here uses no
 * randomness.
 */
export default defineMethod({
  name: "adaptformer",
  label: ({ form }) => (form === "parallel" ? "AdaptFormer" : "AdaptFormer-Seq"),
  source: "Chen et al. 2022, https://arxiv.org/abs/2205.13535",
  options: z.strictObject({
    form: z
      .enum(["parallel", "sequential"])
      .default("parallel")
      .describe("where the bottleneck reads: beside the MLP or after it"),
    bottleneck: z.int().min(1).default(64).describe("its hidden width"),
    scale: z.number().default(0.1).describe("fixed factor on its output"),
  }),
  learningRate: 1e-3,
  promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 4_280_320 }] },
  adapt: ({ form, bottleneck: R, scale }) => ({
    grafts: [
      graft({
        at: form === "parallel" ? "blocks.*.mlp_branch" : "blocks.*.mlp",
        weights: ({ in: D }) => ({
          down_RD: kaiming(D, R, D),
          downBias_R: zeros(R),
          up_DR: zeros(D, R),
          upBias_D: zeros(D),
        }),
        forward(call, x, { down_RD, downBias_R, up_DR, upBias_D }) {
          const read = form === "parallel" ? x : call(x);
          const added = linear(tf.relu(linear(read, down_RD, downBias_R)), up_DR, upBias_D);
          return tf.add(form === "parallel" ? call(x) : read, tf.mul(scale, added));
        },
      }),
    ],
  }),
});
