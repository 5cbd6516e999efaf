// ChannelScale, a method in twenty lines: SSF (Lian et al. 2022, https://arxiv.org/abs/2210.08823) without its shifts.

import { defineMethod, graft, ones, z } from "@dit-bench/method";

/** Scales the output channels of linear layers: y = s (W x + b), with W and b frozen. */
export default defineMethod({
  name: "channel-scale",
  label: () => "ChannelScale",
  source: "after Lian et al. 2022, https://arxiv.org/abs/2210.08823",
  options: z.strictObject({
    at: z.string().default("blocks.*.{attn,mlp}.*").describe("linear layers, as a glob over module paths"),
  }),
  learningRate: 1e-3,
  adapt: ({ at }) => ({
    grafts: [graft({ at, weights: ({ out }) => ({ scale: ones(out) }), affine: ({ scale }) => ({ scale }) })],
  }),
});
