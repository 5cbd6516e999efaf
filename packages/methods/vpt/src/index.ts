// N = batch, L = prompt length, T = tokens, D = width

import { defineMethod, graft, normal, tf, z } from "@dit-bench/method";

/**
 * VPT-Deep: learned tokens before the image's own, fresh ones at each of the first blocks, dropped again after it.
 * Defaults: one token in five blocks and the final layer trained, which gives the DiffFit paper's parameter count.
 * Prompts start as N(0, 0.02²), the deviation of ViT's class token; the paper does not say.
 */
export default defineMethod({
  name: "vpt",
  label: () => "VPT-Deep",
  source: "Jia et al. 2022, https://arxiv.org/abs/2203.12119",
  options: z.strictObject({
    tokens: z.int().min(1).default(1).describe("prompt tokens a block"),
    blocks: z
      .int()
      .min(1)
      .default(5)
      .describe("how many of the first blocks are prompted (all, where the model has fewer)"),
    finalLayer: z.boolean().default(true).describe("also train the final layer"),
  }),
  learningRate: 1e-3,
  adapt: ({ tokens: L, blocks, finalLayer }, { depth }) => ({
    train: finalLayer ? ["final_layer.**"] : [],
    grafts: [
      graft({
        at: `blocks.{${Array.from({ length: Math.min(blocks, depth) }, (_, i) => i)}}`,
        weights: ({ in: D }) => ({ prompt_LD: normal(0.02, L, D) }),
        forward(call, x_NTD, { prompt_LD }) {
          const [N, T, D] = x_NTD.shape as [number, number, number];
          const prompt_NLD = tf.tile(tf.expandDims(prompt_LD, 0), [N, 1, 1]);
          return tf.slice(call(tf.concat([prompt_NLD, x_NTD], 1)), [0, L, 0], [N, T, D]);
        },
      }),
    ],
  }),
});
