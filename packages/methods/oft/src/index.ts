// OFT: Qiu et al. 2023, https://arxiv.org/abs/2306.07280.
//
// I = in, G = blocks, B = I / G = channels of a block, H = B / 2, F = B - 1

import { defineMethod, graft, MethodError, requireKind, tf, z, zeros } from "@dit-bench/method";
import { rotations } from "./rotations.ts";

/**
 * Rotates the inputs of linear layers: y = W Rᵀ x + b, with W and b frozen. R is block-diagonal and orthogonal: each
 * block is the Cayley transform (I + Q)(I - Q)⁻¹ of a trained skew-symmetric Q, which starts at zero.
 *
 * Defaults: 4 blocks, as in the paper's experiments, on the fused qkv layer, so queries, keys and values share one R.
 */
export default defineMethod({
  name: "oft",
  label: ({ blocks }) => `OFT-R${blocks}`,
  source: "Qiu et al. 2023, https://arxiv.org/abs/2306.07280",
  options: z.strictObject({
    blocks: z.int().min(1).default(4).describe("number of blocks of R (the paper's r); more blocks have fewer weights"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 5e-5, // the README of the authors' code: https://github.com/Zeju1997/oft
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 4_746_240 },
      { model: "DiT-XL/2", classes: 101, options: { blocks: 36 }, count: 617_472 },
    ],
  },
  adapt: ({ blocks: G, at }) => ({
    grafts: [
      graft({
        at,
        weights(module) {
          requireKind("oft", at, module, "linear");
          const { path, in: I } = module;
          const B = I / G;
          if (B % 2 !== 0)
            throw new MethodError(
              `oft: option 'blocks' is ${G}, but '${path}' has ${I} inputs: wanted a number that divides them into ` +
                "blocks of an even size",
            );
          return { skew_GHF: zeros(G, B / 2, B - 1) };
        },
        forward: (call, x, { skew_GHF }) => call(rotate(x, rotations(skew_GHF))),
        merge: (base, { skew_GHF }, { path }) => ({
          [`${path}.weight`]: rotate(base[`${path}.weight`]!, rotations(skew_GHF), true),
        }),
      }),
    ],
  }),
});

/** The rows x [..., I] times R, or times Rᵀ, block by block. */
function rotate(x: tf.Tensor, R_GBB: tf.Tensor, transposed = false): tf.Tensor {
  const [G, B] = R_GBB.shape as [number, number];
  const x_GNB = tf.transpose(tf.reshape(x, [-1, G, B]), [1, 0, 2]);
  return tf.reshape(tf.transpose(tf.matMul(x_GNB, R_GBB, false, transposed), [1, 0, 2]), x.shape);
}
