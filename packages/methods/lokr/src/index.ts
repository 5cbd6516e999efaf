// LoKr: Yeh et al. 2023 (LyCORIS), https://arxiv.org/abs/2309.14859.
//
// I = in = U V, O = out = P Q, R = rank, M = rows of the input

import { defineMethod, graft, kaiming, linear, requireKind, tf, z, zeros } from "@dit-bench/method";

/**
 * A Kronecker product beside linear layers: y = W x + b + scale · (C ⊗ D) x with a small factor C [P, U] and a large
 * one D [Q, V], which is full or low-rank, D = B A. W and b are frozen.
 *
 * Defaults: factor 8 and a full D, the paper's default (appendix D.2). Where the paper gives no detail, this follows
 * LyCORIS (https://github.com/KohakuBlueleaf/LyCORIS, modules/lokr.py): C and B start as PyTorch's linear layers, the
 * last factor at zero, and a rank of at least half of max(Q, V) is a full D.
 */
export default defineMethod({
  name: "lokr",
  label: ({ factor, rank }) => `LoKr-F${factor}${rank === "full" ? "" : `-R${rank}`}`,
  source: "Yeh et al. 2023, https://arxiv.org/abs/2309.14859",
  options: z.strictObject({
    factor: z
      .union([z.literal("square"), z.int().min(1)])
      .default(8)
      .describe("largest side of the small factor, or 'square': both factors as equal in size as possible"),
    rank: z
      .union([z.literal("full"), z.int().min(1)])
      .default("full")
      .describe("rank of the large factor; at least half of its longer side is the same as 'full'"),
    scale: z.number().positive().default(1).describe("fixed factor on the update; alpha / rank in LyCORIS"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 5e-4, // of 8-bit AdamW, constant: appendix D.2 of the paper
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 1_861_120 },
      { model: "DiT-XL/2", classes: 101, options: { rank: 8 }, count: 248_320 },
      { model: "DiT-XL/2", classes: 101, options: { factor: "square" }, count: 230_400 },
    ],
  },
  adapt: ({ factor, rank, scale, at }) => ({
    grafts: [
      graft<string>({
        at,
        weights(module) {
          requireKind("lokr", at, module, "linear");
          const { in: I, out: O } = module;
          const P = shorterSide(O, factor);
          const U = shorterSide(I, factor);
          const [Q, V] = [O / P, I / U];
          const small = { c_PU: kaiming(U, P, U) };
          if (rank === "full" || rank >= Math.max(Q, V) / 2) return { ...small, d_QV: zeros(Q, V) };
          return { ...small, b_QR: kaiming(rank, Q, rank), a_RV: zeros(rank, V) };
        },
        // (C ⊗ D) x as two linear layers, on x as a matrix [U, V]: appendix B.3 of the paper.
        forward(call, x, w) {
          const [P, U] = w.c_PU!.shape as [number, number];
          const x_MUV = tf.reshape(x, [-1, U, x.shape.at(-1)! / U]);
          const y_MUQ = w.d_QV ? linear(x_MUV, w.d_QV) : linear(linear(x_MUV, w.a_RV!), w.b_QR!);
          const y_MQP = linear(tf.transpose(y_MUQ, [0, 2, 1]), w.c_PU!);
          const out = [...x.shape.slice(0, -1), P * y_MUQ.shape[2]!];
          return tf.add(call(x), tf.mul(scale, tf.reshape(tf.transpose(y_MQP, [0, 2, 1]), out)));
        },
        merge(base, w, { path, in: I, out: O }) {
          const [P, U] = w.c_PU!.shape as [number, number];
          const d_QV = w.d_QV ?? tf.matMul(w.b_QR!, w.a_RV!);
          const kronecker = tf.mul(tf.reshape(w.c_PU!, [P, 1, U, 1]), tf.reshape(d_QV, [1, O / P, 1, I / U]));
          return {
            [`${path}.weight`]: tf.add(base[`${path}.weight`]!, tf.mul(scale, tf.reshape(kronecker, [O, I]))),
          };
        },
      }),
    ],
  }),
});

/** LyCORIS' factorization: `factor` or its cofactor if it divides the size, else the largest divisor up to it. */
function shorterSide(size: number, factor: number | "square"): number {
  if (factor !== "square" && size % factor === 0) return Math.min(factor, size / factor);
  let side = Math.floor(Math.min(factor === "square" ? size : factor, Math.sqrt(size)));
  while (size % side !== 0) side--;
  return side;
}
