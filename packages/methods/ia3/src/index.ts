// (IA)³: Liu et al. 2022, https://arxiv.org/abs/2205.05638.
//
// D = width, F = hidden width of the MLP

import { defineMethod, graft, ones, tf, z } from "@dit-bench/method";

/**
 * Learned scales, one for each channel: of the keys and values of each attention, and of the hidden activations of each
 * MLP, after GELU: W₂ (l ⊙ gelu(W₁ x + b₁)) + b₂. The base weights are frozen, and the scales start at 1.
 */
export default defineMethod({
  name: "ia3",
  label: () => "IA3",
  source: "Liu et al. 2022, https://arxiv.org/abs/2205.05638",
  options: z.strictObject({
    scaled: z
      .array(z.enum(["keys", "values", "mlp"]))
      .min(1)
      .default(["keys", "values", "mlp"])
      .describe("what is scaled: keys, values, hidden activations of the MLP"),
  }),
  learningRate: 3e-3, // of Adafactor: section 3.5 of the paper, and configs/ia3.json of github.com/r-three/t-few
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 311_040 },
      { model: "DiT-XL/2", classes: 101, options: { scaled: ["values"] }, count: 149_760 },
    ],
  },
  adapt({ scaled }, { width: D }) {
    // The output of the fused qkv layer is [q, k, v], of D channels each. Keys and values are scaled with their biases.
    const at = "blocks.*.attn.qkv";
    const grafts = {
      keys: graft({
        at,
        weights: () => ({ keys_D: ones(D) }),
        affine: ({ keys_D }) => ({ scale: tf.concat([tf.ones([D]), keys_D, tf.ones([D])]) }),
      }),
      values: graft({
        at,
        weights: () => ({ values_D: ones(D) }),
        affine: ({ values_D }) => ({ scale: tf.concat([tf.ones([2 * D]), values_D]) }),
      }),
      mlp: graft({
        at: "blocks.*.mlp.fc2", // its input is the output of GELU
        weights: ({ in: F }) => ({ hidden_F: ones(F) }),
        forward: (call, x, { hidden_F }) => call(tf.mul(x, hidden_F)),
        merge: (base, { hidden_F }, { path }) => ({
          [`${path}.weight`]: tf.mul(base[`${path}.weight`]!, hidden_F), // [D, F]: one scale for each column
        }),
      }),
    };
    return { grafts: [...new Set(scaled)].map((name) => grafts[name]) };
  },
});
