// The matrix multiplications (GEMMs) that a step cannot do without, and their floating-point operations.
//
// D = width, T = tokens, N = batch, H = heads, F = 4 D, K = depth, P = values of a patch, O = outputs of a patch,
// R = inner width of an adapter, r = N T = rows of the token matrix
//
// A GEMM [m, k] × [k, n] counts 2 m k n. Nothing else counts: element-wise work, sums (gradients of biases among
// them), norms, softmax, the lookup of class embeddings. The share of the GEMM throughput that a step reaches shows
// their cost.
//
// A linear layer from I to O over r rows takes one GEMM in the forward pass. The gradient of its input takes a second
// GEMM if an earlier weight trains, the gradient of its weight a third if that weight trains. Every method trains the
// class embedding, which reaches each block through its modulation. So all input gradients are needed except those of
// the patches and, unless the timestep's embedding trains, those inside it. Attention is two GEMMs per head forward and
// four backward. The forward pass:
//
//     a block       2 r D (3 D + D + 2 F) + 4 N T² D + 2 N D · 6 D
//     the rest      2 r P D + 2 N (256 D + D²) + 2 N D · 2 D + 2 r D O
//
// Three methods add GEMMs: VPT adds one token to T inside the blocks, LoRA adds D → R → 3 D beside qkv, and AdaptFormer
// adds D → R → D beside the MLP.

/** @import { Gemm, Shape } from "./types.ts" */

const FREQUENCIES = 256;
export const CHANNELS = 4;
export const PATCH = 2;
const PATCH_VALUES = CHANNELS * PATCH ** 2;
const OUTPUTS = 2 * PATCH_VALUES; // noise and variance

/**
 * The properties of a method that determine its GEMMs.
 *
 * @typedef {object} MethodWork
 * @property {(path: string) => boolean} matrices which layers' weight matrices train
 * @property {boolean} time whether the timestep's embedding trains
 * @property {{ layer: string, inner: number, outputs: number }} [adapter] D → inner → outputs · D
 * @property {number} [prompt] added tokens
 */

/** @type {Record<string, MethodWork | null>} null: no training */
const methodWork = {
  sample: null,
  full: { matrices: () => true, time: true },
  bitfit: { matrices: () => false, time: true },
  lora: { matrices: () => false, time: false, adapter: { layer: "attn.qkv", inner: 8, outputs: 3 } },
  adaptformer: { matrices: () => false, time: false, adapter: { layer: "mlp", inner: 64, outputs: 1 } },
  vpt: { matrices: (path) => path.startsWith("final_layer."), time: false, prompt: 1 },
  difffit: { matrices: () => false, time: true },
};

/** The methods whose operations are counted here. */
export const countedMethods = Object.keys(methodWork).filter((name) => name !== "sample");

/**
 * Lists the GEMMs of one step. Equal GEMMs are one entry with a count. Throws an error for an unknown method.
 *
 * @param {Shape} shape
 * @param {string} method
 * @returns {Gemm[]}
 */
export function stepGemms({ width: D, depth, heads: H, tokens, batch: N }, method) {
  const work = methodWork[method];
  if (work === undefined)
    throw new Error(`the GEMMs of method '${method}' are not known, available: ${Object.keys(methodWork).join(", ")}`);
  const training = work !== null;
  /** @type {Map<string, Gemm>} */
  const gemmsByKey = new Map();
  /**
   * @param {Omit<Gemm, "times">} gemm
   * @param {number} [times]
   */
  const add = (gemm, times = 1) => {
    const key = JSON.stringify(gemm);
    gemmsByKey.set(key, { ...gemm, times: (gemmsByKey.get(key)?.times ?? 0) + times });
  };
  /**
   * @param {string} path
   * @param {number} rows
   * @param {number} I
   * @param {number} O
   * @param {{ trains?: boolean, inputGradient?: boolean, times?: number }} [options]
   */
  const linear = (path, rows, I, O, options = {}) => {
    const { trains = work?.matrices(path) ?? false, inputGradient = true, times = 1 } = options;
    const fixed = !trains;
    add({ kind: "forward", batch: 1, m: rows, k: I, n: O, transA: false, transB: true, fixed }, times);
    if (training && inputGradient)
      add({ kind: "input", batch: 1, m: rows, k: O, n: I, transA: false, transB: false, fixed }, times);
    if (training && trains)
      add({ kind: "weight", batch: 1, m: O, k: rows, n: I, transA: true, transB: false, fixed: false }, times);
  };
  const T = tokens + (work?.prompt ?? 0);
  const C = D / H;
  /**
   * @param {number} m
   * @param {number} k
   * @param {number} n
   * @param {boolean} transA
   * @param {boolean} transB
   */
  const attention = (m, k, n, transA, transB) =>
    add({ kind: "attention", batch: N * H, m, k, n, transA, transB, fixed: false }, depth);

  linear("x_embedder.proj", N * tokens, PATCH_VALUES, D, { inputGradient: false });
  linear("t_embedder.mlp.0", N, FREQUENCIES, D, { inputGradient: false });
  linear("t_embedder.mlp.2", N, D, D, { inputGradient: work?.time ?? false });
  linear("blocks.*.adaLN_modulation.1", N, D, 6 * D, { times: depth });
  linear("blocks.*.attn.qkv", N * T, D, 3 * D, { times: depth });
  attention(T, C, T, false, true); // q kᵀ
  attention(T, T, C, false, false); // softmax(…) v
  if (training) {
    attention(T, C, T, false, true); // gradient of the softmax: dy vᵀ
    attention(T, T, C, true, false); // gradient of v
    attention(T, T, C, false, false); // gradient of q
    attention(T, T, C, true, false); // gradient of k
  }
  linear("blocks.*.attn.proj", N * T, D, D, { times: depth });
  linear("blocks.*.mlp.fc1", N * T, D, 4 * D, { times: depth });
  linear("blocks.*.mlp.fc2", N * T, 4 * D, D, { times: depth });
  if (work?.adapter) {
    const { layer, inner, outputs } = work.adapter;
    linear(`${layer} down`, N * T, D, inner, { trains: true, times: depth });
    linear(`${layer} up`, N * T, inner, outputs * D, { trains: true, times: depth });
  }
  linear("final_layer.adaLN_modulation.1", N, D, 2 * D);
  linear("final_layer.linear", N * tokens, D, OUTPUTS);
  return [...gemmsByKey.values()];
}

/** @param {Pick<Gemm, "batch" | "m" | "k" | "n">} gemm */
export const gemmFlops = ({ batch, m, k, n }) => 2 * batch * m * k * n;

/**
 * Floating-point operations of one step.
 *
 * @param {Shape} shape
 * @param {string} method
 */
export const stepFlops = (shape, method) =>
  stepGemms(shape, method).reduce((sum, gemm) => sum + gemm.times * gemmFlops(gemm), 0);
