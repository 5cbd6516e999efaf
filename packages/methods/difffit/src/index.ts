// D = width, O = out

import { defineMethod, graft, MethodError, ones, z, zeros } from "@dit-bench/method";

/**
 * DiffFit: train the biases, affine layer norms and scale factors γ (starting at 1) after modules of the first blocks.
 * Defaults: the paper's chosen setting, γ1 and γ2 on the attention and MLP outputs, γ on qkv and on the attention's projection,
 * in the first half of the blocks (0 to 13 of DiT-XL's 28), with the layer norms' weight and bias trained: its 0.83 M parameters.
 */
export default defineMethod({
  name: "difffit",
  label: () => "DiffFit",
  source: "Xie et al. 2023, https://arxiv.org/abs/2304.06648",
  options: z.strictObject({
    gamma: z
      .array(z.enum(["attn", "mlp", "qkv", "proj"]))
      .default(["attn", "mlp", "qkv", "proj"])
      .describe("which outputs γ scales: the attention's (γ1), the MLP's (γ2), the qkv layer's, the projection's"),
    from: z.int().min(0).default(0).describe("first block with γ"),
    blocks: z
      .union([z.literal("half"), z.int().min(1)])
      .default("half")
      .describe("how many blocks from there on have γ: a number, or the first half of the model"),
    norm: z.boolean().default(true).describe("train an affine weight and bias on every layer norm"),
  }),
  learningRate: 1e-3,
  adapt({ gamma, from, blocks, norm }, { depth }) {
    const count = Math.min(blocks === "half" ? Math.ceil(depth / 2) : blocks, depth - from);
    if (count < 1) throw new MethodError(`difffit: option 'from' is ${from}, but the model has only ${depth} blocks`);
    const chosen = `blocks.{${Array.from({ length: count }, (_, i) => from + i)}}`;
    const scaled = { attn: "attn", mlp: "mlp", qkv: "attn.qkv", proj: "attn.proj" };
    return {
      train: ["**.bias"],
      grafts: [
        ...gamma.map((name) =>
          graft({
            at: `${chosen}.${scaled[name]}`,
            weights: ({ out: O }) => ({ gamma_O: ones(O) }),
            affine: ({ gamma_O }) => ({ scale: gamma_O }),
          }),
        ),
        ...(norm ? [affineNorms] : []),
      ],
    };
  },
});

const affineNorms = graft({
  at: "**.{norm1,norm2,norm_final}",
  weights: ({ out: D }) => ({ weight_D: ones(D), bias_D: zeros(D) }),
  affine: ({ weight_D, bias_D }) => ({ scale: weight_D, shift: bias_D }),
});
