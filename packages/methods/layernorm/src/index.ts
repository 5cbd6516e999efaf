// LayerNorm tuning: Zhao et al. 2023, https://arxiv.org/abs/2312.11420.
//
// D = width

import { defineMethod, graft, ones, requireKind, z, zeros } from "@dit-bench/method";

/**
 * The layer norms train, and everything else is frozen. The norms of a DiT have no weights of their own: adaLN
 * modulates the normed values x̂ with a scale and a shift that a linear layer computes from timestep and class. So the
 * method is a new scale γ and shift β on each norm, before the modulation: (x̂ γ + β)(1 + scale) + shift.
 *
 * Default: all norms of the model.
 */
export default defineMethod({
  name: "layernorm",
  label: () => "LayerNorm",
  source: "Zhao et al. 2023, https://arxiv.org/abs/2312.11420",
  options: z.strictObject({
    at: z.string().default("**.{norm1,norm2,norm_final}").describe("norms to train, as a glob over module paths"),
  }),
  learningRate: 1e-3, // of DiffFit, which trains the same weights of a DiT: https://arxiv.org/abs/2304.06648
  promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 248_832 }] },
  adapt: ({ at }) => ({
    grafts: [
      graft({
        at,
        weights(module) {
          requireKind("layernorm", at, module, "norm");
          return { scale_D: ones(module.out), shift_D: zeros(module.out) };
        },
        affine: ({ scale_D, shift_D }) => ({ scale: scale_D, shift: shift_D }),
      }),
    ],
  }),
});
