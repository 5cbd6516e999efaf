// DiffFit: Xie et al. 2023, https://arxiv.org/abs/2304.06648.
//
// D = width, O = out

import { defineMethod, graft, MethodError, ones, z, zeros } from "@dit-bench/method";

/**
 * The biases train, and new weights: an affine weight and bias on every layer norm, and scale factors γ on module
 * outputs of the first blocks. γ starts at 1.
 *
 * Defaults: the paper's chosen setting of 0.83 M parameters on DiT-XL/2. γ1 and γ2 scale the outputs of attention and
 * MLP, and two more γ scale qkv and the attention's projection, in the first half of the blocks (0 to 13 of 28).
 */
export default defineMethod({
  name: "difffit",
  label: () => "DiffFit",
  source: "Xie et al. 2023, https://arxiv.org/abs/2304.06648",
  options: z.strictObject({
    gamma: z
      .array(z.enum(["attn", "mlp", "qkv", "proj"]))
      .default(["attn", "mlp", "qkv", "proj"])
      .describe("outputs that γ scales: attention (γ1), MLP (γ2), qkv layer, projection of the attention"),
    from: z.int().min(0).default(0).describe("first block with γ"),
    blocks: z
      .union([z.literal("half"), z.int().min(1)])
      .default("half")
      .describe("number of blocks with γ, from there on, or half of the model"),
    norm: z.boolean().default(true).describe("train an affine weight and bias on every layer norm"),
  }),
  learningRate: 1e-3,
  promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 835_232 }] },
  adapt({ gamma, from, blocks, norm }, { depth }) {
    const count = Math.min(blocks === "half" ? Math.ceil(depth / 2) : blocks, depth - from);
    if (count < 1) throw new MethodError(`difffit: option 'from' is ${from}, but the model has only ${depth} blocks`);
    const blocksWithGamma = `blocks.{${Array.from({ length: count }, (_, i) => from + i)}}`;
    const modulePaths = { attn: "attn", mlp: "mlp", qkv: "attn.qkv", proj: "attn.proj" };
    return {
      train: ["**.bias"],
      grafts: [
        ...gamma.map((name) =>
          graft({
            at: `${blocksWithGamma}.${modulePaths[name]}`,
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
