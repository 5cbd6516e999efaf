// DoRA: Liu et al. 2024, https://arxiv.org/abs/2402.09353.
//
// I = in, O = out, R = rank

import { defineMethod, graft, type Init, kaiming, requireKind, tf, z, zeros } from "@dit-bench/method";

/**
 * The rows of a linear layer's weight as magnitude and direction: W′ = m V / ‖V‖ with V = W + (alpha / rank) B A, one
 * norm and one m for each row. W is frozen; m, A and B train, and m starts as ‖W‖.
 *
 * The gradient passes through ‖V‖ (eq. 6). To save memory, section 4.3 treats ‖V‖ as a constant in the backward pass,
 * and PEFT does so, too. That is not the gradient of the loss, which every method here must have.
 *
 * Defaults: rank 16 and alpha 32, the smaller setting of the paper's table 8.
 */
export default defineMethod({
  name: "dora",
  label: ({ rank }) => `DoRA-R${rank}`,
  source: "Liu et al. 2024, https://arxiv.org/abs/2402.09353",
  options: z.strictObject({
    rank: z.int().min(1).default(16).describe("width of the low-rank update; the paper uses 16, 32 and 128"),
    alpha: z.number().positive().default(32).describe("the update is scaled by alpha / rank"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 2e-4, // of AdamW for LLaMA-7B and LLaMA2-7B at rank 16: table 8 of the paper
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 2_278_656 },
      { model: "DiT-XL/2", classes: 101, options: { rank: 8 }, count: 1_246_464 },
    ],
  },
  adapt: ({ rank, alpha, at }) => ({
    grafts: [
      graft({
        at,
        weights(module) {
          requireKind("dora", at, module, "linear");
          const { path, in: I, out: O } = module;
          return {
            magnitude_O: normsOfRows(`${path}.weight`, O), // the model starts as the base model
            a_RI: kaiming(I, rank, I),
            b_OR: zeros(O, rank),
          };
        },
        merge(base, { magnitude_O, a_RI, b_OR }, { path }) {
          const v_OI = tf.add(base[`${path}.weight`]!, tf.mul(alpha / rank, tf.matMul(b_OR, a_RI)));
          const norm_O1 = tf.sqrt(tf.add(tf.sum(tf.square(v_OI), 1, true), SMALLEST_SQUARE));
          return { [`${path}.weight`]: tf.mul(v_OI, tf.div(tf.reshape(magnitude_O, [-1, 1]), norm_O1)) };
        },
      }),
    ],
  }),
});

/** Keeps the norm above 1e-12, so that a row of zeros stays zero and is not 0 / 0. */
const SMALLEST_SQUARE = 1e-24;

/** The norms of the rows of a base weight, [O]. */
const normsOfRows = (weight: string, O: number): Init => ({
  shape: [O],
  values({ base }) {
    const w_OI = base(weight);
    const I = w_OI.length / O;
    const squares = (o: number) => w_OI.subarray(o * I, (o + 1) * I).reduce((sum, v) => sum + v * v, 0);
    return Float32Array.from({ length: O }, (_, o) => Math.sqrt(squares(o)));
  },
});
