// GLoRA: Chavan et al. 2023, https://arxiv.org/abs/2306.07967.
//
// I = in, O = out, R = rank

import { defineMethod, graft, type Init, requireKind, tf, uniform, type Weights, z, zeros } from "@dit-bench/method";

/**
 * Five support tensors on the frozen weight W and bias b of linear layers: W′ = W + W ⊙ A + B and
 * b′ = b + W C + D ⊙ b + E. Each of them is low-rank, a vector, one number, or left out.
 *
 * Defaults: the largest form of each tensor, and rank 4, as in the authors' code
 * (https://github.com/Arnav0400/ViT-Slim, GLoRA/layer.py), which also gives the starting values. The authors train a
 * network of all forms, one form at random in each step, and search the best form of each layer. That is left out: a
 * step here uses no randomness, so the options choose one form for all layers.
 */
export default defineMethod({
  name: "glora",
  label: ({ rank }) => `GLoRA-R${rank}`,
  source: "Chavan et al. 2023, https://arxiv.org/abs/2306.07967",
  options: z.strictObject({
    rank: z.int().min(1).default(4).describe("rank of the low-rank tensors among a, b and c"),
    a: z.enum(["lora", "vector", "constant", "none"]).default("lora").describe("form of A, which scales the weight"),
    b: z.enum(["lora", "vector", "constant", "none"]).default("lora").describe("form of B, added to the weight"),
    c: z.enum(["lora", "vector", "none"]).default("lora").describe("form of C: weight times C is added to the bias"),
    d: z.enum(["vector", "constant", "none"]).default("vector").describe("form of D, which scales the bias"),
    e: z.enum(["vector", "constant", "none"]).default("vector").describe("form of E, added to the bias"),
    at: z.string().default("blocks.*.attn.qkv").describe("linear layers to adapt, as a glob over module paths"),
  }),
  learningRate: 1e-4, // of AdamW for ViT-B on all datasets: GLoRA/README.md of the authors' code
  promises: {
    parameters: [
      { model: "DiT-XL/2", classes: 101, count: 1_472_368 },
      { model: "DiT-XL/2", classes: 101, options: { at: "blocks.*.{attn,mlp}.*" }, count: 5_730_496 },
    ],
  },
  adapt: ({ rank, a, b, c, d, e, at }) => ({
    grafts: [
      graft<string>({
        at,
        weights(module) {
          requireKind("glora", at, module, "linear");
          const { in: I, out: O } = module;
          return {
            ...support("a", a, rank, O, I),
            ...support("b", b, rank, O, I),
            ...support("c", c, rank, I, 1),
            ...support("d", d, rank, O),
            ...support("e", e, rank, O),
          };
        },
        merge(base, w, { path }) {
          const weight_OI = base[`${path}.weight`]!;
          const bias_O = base[`${path}.bias`]!;
          const [A, B, C_I1, D, E] = ["a", "b", "c", "d", "e"].map((key) => tensorOf(key, w));
          const prompt_O = C_I1 && tf.reshape(tf.matMul(weight_OI, C_I1), [-1]);
          return {
            [`${path}.weight`]: sum(weight_OI, A && tf.mul(weight_OI, A), B),
            [`${path}.bias`]: sum(bias_O, prompt_O, D && tf.mul(bias_O, D), E),
          };
        },
      }),
    ],
  }),
});

/** New weights of a support tensor of `rows` rows, a matrix if `columns` is given. Its value starts at zero. */
function support(key: string, form: string, R: number, rows: number, ...columns: number[]): Record<string, Init> {
  if (form === "none") return {};
  if (form !== "lora") return { [key]: zeros(form === "vector" ? rows : 1, ...columns.map(() => 1)) };
  const xavier = Math.sqrt(6 / (R + columns[0]!)); // Glorot & Bengio 2010, eq. 16, for a uniform distribution
  return { [`${key}Left`]: zeros(rows, R), [`${key}Right`]: uniform(xavier, R, ...columns) };
}

const tensorOf = (key: string, w: Weights): tf.Tensor | undefined =>
  w[key] ?? (w[`${key}Left`] && tf.matMul(w[`${key}Left`]!, w[`${key}Right`]!));

const sum = (first: tf.Tensor, ...others: (tf.Tensor | undefined)[]): tf.Tensor =>
  others.reduce<tf.Tensor>((total, other) => (other ? tf.add(total, other) : total), first);
