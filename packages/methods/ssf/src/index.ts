// SSF: Lian et al. 2022, https://arxiv.org/abs/2210.08823.
//
// O = out

import { defineMethod, graft, type Init, normal, requireKind, z } from "@dit-bench/method";

/**
 * A scale γ and a shift β of the channels after each operation: y γ + β, with everything else frozen.
 *
 * Defaults: the places in the authors' code for ViT (https://github.com/dongzelian/SSF), which are the patch embedding,
 * both norms and all four linear layers of every block, and the last norm. A DiT's norms are modulated by adaLN: γ and
 * β come before the modulation. As there, γ starts as N(1, 0.02²) and β as N(0, 0.02²), so the model starts near the
 * base model, not as it.
 */
export default defineMethod({
  name: "ssf",
  label: () => "SSF",
  source: "Lian et al. 2022, https://arxiv.org/abs/2210.08823",
  options: z.strictObject({
    at: z
      .string()
      .default("{x_embedder.proj,blocks.*.norm*,blocks.*.attn.*,blocks.*.mlp.*,final_layer.norm_final}")
      .describe("linear layers and norms, as a glob over module paths"),
    std: z
      .number()
      .min(0)
      .default(0.02)
      .describe("standard deviation of the starting values around 1 and 0; with 0 the model starts as the base model"),
  }),
  learningRate: 1e-3, // the authors' script for CIFAR-100; those for VTAB have up to 1e-2
  promises: { startsAsBase: false, parameters: [{ model: "DiT-XL/2", classes: 101, count: 831_744 }] },
  adapt: ({ at, std }) => ({
    grafts: [
      graft({
        at,
        weights(module) {
          requireKind("ssf", at, module, "linear", "norm");
          const O = module.out;
          return { scale_O: around(1, normal(std, O)), shift_O: normal(std, O) };
        },
        affine: ({ scale_O, shift_O }) => ({ scale: scale_O, shift: shift_O }),
      }),
    ],
  }),
});

const around = (mean: number, { shape, values }: Init): Init => ({
  shape,
  values: (context) => values(context).map((v) => mean + v),
});
