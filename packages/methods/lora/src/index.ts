// LoRA: Hu et al. 2021, https://arxiv.org/abs/2106.09685.
//
// I = in, O = out, R = rank

import { defineMethod, graft, kaiming, linear, requireKind, tf, z, zeros } from "@dit-bench/method";

/**
 * A low-rank update beside linear layers: y = W x + b + (alpha / rank) B A x, with W and b frozen.
 *
 * Defaults: rank 8 with one pair of matrices on the fused qkv layer, which gives the DiffFit paper's parameter counts,
 * and alpha 1, the default of loralib (https://github.com/microsoft/LoRA).
 */
export default defineMethod({
  name: "lora",
  label: ({ rank }) => `LoRA-R${rank}`,
  source: "Hu et al. 2021, https://arxiv.org/abs/2106.09685",
  options: z.strictObject({
    rank: z.int().min(1).default(8).describe("width of the low-rank update; the paper tries 8 and 16"),
    alpha: z.number().positive().default(1).describe("the update is scaled by alpha / rank"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 1e-3,
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 1_149_696 },
      { model: "DiT-XL/2", classes: 101, options: { rank: 16 }, count: 2_181_888 },
    ],
  },
  adapt: ({ rank, alpha, at }) => ({
    grafts: [
      graft({
        at,
        weights(module) {
          requireKind("lora", at, module, "linear");
          const { in: I, out: O } = module;
          return {
            a_RI: kaiming(I, rank, I),
            b_OR: zeros(O, rank), // the model starts as the base model
          };
        },
        forward: (call, x, { a_RI, b_OR }) => tf.add(call(x), tf.mul(alpha / rank, linear(linear(x, a_RI), b_OR))),
        merge: (base, { a_RI, b_OR }, { path }) => ({
          [`${path}.weight`]: tf.add(base[`${path}.weight`]!, tf.mul(alpha / rank, tf.matMul(b_OR, a_RI))),
        }),
      }),
    ],
  }),
});
