// VeRA: Kopiczko et al. 2023, https://arxiv.org/abs/2310.11454.
//
// I = in, O = out, R = rank

import { constant, defineMethod, graft, linear, requireKind, tf, uniform, z, zeros } from "@dit-bench/method";

/**
 * A low-rank update whose matrices are random, frozen, and shared by all layers: y = W x + c + b ⊙ B (d ⊙ A x). The
 * vectors b and d of each layer train; W and its bias c are frozen. Layers of one input width share A, and layers of
 * one output width share B. Both are computed from option `seed`, so no file stores them.
 *
 * Defaults: rank 256, as the paper's vision transformers, and d = 0.1 at the start.
 */
export default defineMethod({
  name: "vera",
  label: ({ rank }) => `VeRA-R${rank}`,
  source: "Kopiczko et al. 2023, https://arxiv.org/abs/2310.11454",
  options: z.strictObject({
    rank: z.int().min(1).default(256).describe("width of the low-rank update; the paper tries 1 to 1024"),
    dInitial: z.number().positive().default(0.1).describe("starting value of d; the paper tries 1e-7, 0.1 and 1"),
    seed: z.int().min(0).default(0).describe("seed of the frozen matrices, which the seed of the run does not change"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 4e-2, // of AdamW for ViT-B and ViT-L on Food101 and Flowers102: table 11 of the paper
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 221_440 },
      { model: "DiT-XL/2", classes: 101, options: { rank: 1024 }, count: 242_944 },
    ],
  },
  adapt({ rank: R, dInitial, seed, at }) {
    const arrays = new Map<string, Float32Array>(); // one array for all layers: the compiled step stores it once
    /** PyTorch's Kaiming uniform with a = 0, as in the paper: U(-√(6 / fan-in), √(6 / fan-in)). */
    const frozen = (name: string, rows: number, columns: number): tf.Tensor2D => {
      const key = `vera ${name} ${rows}x${columns}`;
      const init = uniform(Math.sqrt(6 / columns), rows, columns);
      const values = arrays.get(key) ?? init.values({ seed, name: key, base: () => new Float32Array() });
      arrays.set(key, values);
      return tf.tensor2d(values, [rows, columns]);
    };
    return {
      grafts: [
        graft({
          at,
          weights(module) {
            requireKind("vera", at, module, "linear");
            return {
              b_O: zeros(module.out), // the model starts as the base model
              d_R: constant(dInitial, R),
            };
          },
          forward(call, x, { b_O, d_R }) {
            const low = tf.mul(linear(x, frozen("A", R, x.shape.at(-1)!)), d_R);
            return tf.add(call(x), tf.mul(linear(low, frozen("B", b_O.size, R)), b_O));
          },
          merge(base, { b_O, d_R }, { path, in: I, out: O }) {
            const left_OR = tf.mul(tf.reshape(b_O, [-1, 1]), frozen("B", O, R));
            const right_RI = tf.mul(tf.reshape(d_R, [-1, 1]), frozen("A", R, I));
            return { [`${path}.weight`]: tf.add(base[`${path}.weight`]!, tf.matMul(left_OR, right_RI)) };
          },
        }),
      ],
    };
  },
});
