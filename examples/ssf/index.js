// SSF: Lian et al. 2022, https://arxiv.org/abs/2210.08823.

import { defineMethod, graft, ones, z, zeros } from "@dit-bench/method";

/** Scales and shifts the output of linear layers: y = s (W x + b) + t, with W and b frozen. */
export default defineMethod({
  name: "ssf",
  label: () => "SSF",
  source: "Lian et al. 2022, https://arxiv.org/abs/2210.08823",
  options: z.strictObject({
    at: z.string().default("blocks.*.{attn,mlp}.*").describe("linear layers, as a glob over module paths"),
  }),
  learningRate: 1e-3,
  adapt: ({ at }) => ({
    grafts: [
      graft({
        at,
        weights: ({ out }) => ({ scale: ones(out), shift: zeros(out) }),
        affine: ({ scale, shift }) => ({ scale, shift }),
      }),
    ],
  }),
});
