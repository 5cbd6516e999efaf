// VPT-Deep: Jia et al. 2022, https://arxiv.org/abs/2203.12119.
//
// N = batch, L = prompt length, T = tokens, D = width

import { defineMethod, type Graft, graft, tf, uniform, z } from "@dit-bench/method";

/**
 * Learned prompt tokens in front of the image tokens. Each of the first blocks gets prompts of its own, which replace
 * the outputs of the previous block's prompts.
 *
 * Defaults: one token in each of five blocks, and the final layer trains, which gives the DiffFit paper's parameter
 * count. Where the papers give no detail, this follows the authors' code (https://github.com/KMnP/vpt,
 * vit_prompt/vit.py): blocks after the last one with prompts keep that block's prompt outputs, and prompts start as
 * U(-b, b) with b = √(6 / (values of a patch + D)).
 */
export default defineMethod({
  name: "vpt",
  label: () => "VPT-Deep",
  source: "Jia et al. 2022, https://arxiv.org/abs/2203.12119",
  options: z.strictObject({
    tokens: z.int().min(1).default(1).describe("prompt tokens in each block"),
    blocks: z
      .int()
      .min(1)
      .default(5)
      .describe("number of blocks with prompts, from the first (all, if the model has fewer)"),
    finalLayer: z.boolean().default(true).describe("also train the final layer"),
  }),
  learningRate: 1e-3,
  promises: { startsAsBase: false, parameters: [{ model: "DiT-XL/2", classes: 101, count: 2_816_672 }] },
  adapt: ({ tokens: L, blocks, finalLayer }, { depth, width: D, modules }) => {
    const promptedBlocks = Math.min(blocks, depth);
    const patch = modules.find((m) => m.path === "x_embedder.proj")!.in;
    const prompts = (block: number): Graft =>
      graft({
        at: `blocks.${block}`,
        weights: () => ({ prompt_LD: uniform(Math.sqrt(6 / (patch + D)), L, D) }),
        forward(call, x_NTD, { prompt_LD }) {
          const image_NTD = block === 0 ? x_NTD : withoutFirst(L, x_NTD);
          const prompt_NLD = tf.tile(tf.expandDims(prompt_LD, 0), [image_NTD.shape[0]!, 1, 1]);
          return call(tf.concat([prompt_NLD, image_NTD], 1));
        },
      });
    const removePrompts = graft({
      at: "blocks",
      weights: () => ({}),
      forward: (call, x_NTD) => withoutFirst(L, call(x_NTD)),
    });
    return {
      train: finalLayer ? ["final_layer.**"] : [],
      grafts: [...Array.from({ length: promptedBlocks }, (_, block) => prompts(block)), removePrompts],
    };
  },
});

const withoutFirst = (L: number, x_NTD: tf.Tensor): tf.Tensor => tf.slice(x_NTD, [0, L, 0], [-1, -1, -1]);
