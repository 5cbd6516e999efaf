// MyMethod: what it does in one sentence, and the paper.
//
// This is a complete method, a low-rank update of the attention's qkv layers: replace its parts by yours. The sections
// that the comments name are those of docs/writing-a-method.md in dit-bench.
//
// I = width of the module's input, O = width of its output, R = rank

import { defineMethod, graft, kaiming, linear, tf, z, zeros } from "@dit-bench/method";

export default defineMethod({
  name: "my-method", // for --method
  label: ({ rank }) => `MyMethod-R${rank}`, // for the rows of tables
  source: "not published yet, https://example.org", // the paper, with an address

  // Options for --set rank=4: types, defaults (the published settings) and help texts.
  options: z.strictObject({
    rank: z.int().min(1).default(8).describe("width of the low-rank update"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),

  // Of AdamW, constant over training. `bench sweep` finds a good one.
  learningRate: 1e-3,

  // What only you know; `bench check-method` checks it. Section "Test it".
  promises: {
    startsAsBase: true,
    parameters: [{ model: "DiT-XL/2", classes: 101, count: 1_149_696 }], // the number in the paper
  },

  adapt: ({ rank: R, at }) => ({
    // Weights of the base model that train, as globs, such as "**.bias". Section "Choose the weights that train".
    train: [],

    // New weights around modules of the base model. Section "Add new weights: grafts".
    grafts: [
      graft({
        at,
        // One factor starts at zero, so the model starts as the base model, and the other one does not, so both train.
        weights: ({ in: I, out: O }) => ({ a_RI: kaiming(I, R, I), b_OR: zeros(O, R) }),
        // Runs in place of the module, which is `call`. Section "Rules for forward and affine".
        forward: (call, x, { a_RI, b_OR }) => tf.add(call(x), linear(linear(x, a_RI), b_OR)),
        // Does the same to the weights of the base model, for sampling. Leave it out if that cannot be exact.
        merge: (base, { a_RI, b_OR }, { path }) => ({
          [`${path}.weight`]: tf.add(base[`${path}.weight`], tf.matMul(b_OR, a_RI)),
        }),
      }),
    ],
  }),
});
