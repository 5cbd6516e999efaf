// The matrix products that a step cannot do without, and their floating-point operations.
//
// D = width, T = tokens, N = batch, H = heads, F = 4 D, K = depth, P = values of a patch, O = outputs of a patch, R = inner width
//
// A product [m, k] × [k, n] counts 2 m k n. Element-wise work, sums (gradients of biases among them), norms, softmax and looking up a
// row of the class embedding count nothing: the share of the product rate that a step reaches says what they cost.
//
// A linear layer from I to O over r rows is one product going forward; one for the gradient of its input, where something before it
// trains; one for the gradient of its weight, where that trains. Every method trains the class embedding, which reaches each block
// through its modulation: so all input gradients are needed but that of the patches, and, unless the timestep's embedding trains, those
// inside it. Attention is two products a head going forward and four going back. Forward, with r = N T:
//
//     a block       2 r D (3 D + D + 2 F) + 4 N T² D + 2 N D · 6 D
//     the rest      2 r P D + 2 N (256 D + D²) + 2 N D · 2 D + 2 r D O
//
// A method adds its own: VPT a token to T inside the blocks, LoRA D → R → 3 D beside qkv, AdaptFormer D → R → D beside the MLP.

const FREQUENCIES = 256;
export const CHANNELS = 4;
export const PATCH = 2;
const PATCH_VALUES = CHANNELS * PATCH ** 2;
const OUTPUTS = 2 * PATCH_VALUES; // noise and variance

/** What of a method decides its products: which layers' matrices train, whether the timestep's embedding does, what it adds. */
const methodWork = {
  sample: null,
  full: { matrices: () => true, time: true },
  bitfit: { matrices: () => false, time: true },
  lora: { matrices: () => false, time: false, beside: { layer: "attn.qkv", inner: 8, outputs: 3 } },
  adaptformer: { matrices: () => false, time: false, beside: { layer: "mlp", inner: 64, outputs: 1 } },
  vpt: { matrices: (path) => path.startsWith("final_layer."), time: false, prompt: 1 },
  difffit: { matrices: () => false, time: true },
};

/** The methods whose operations are counted here. */
export const countedMethods = Object.keys(methodWork).filter((name) => name !== "sample");

/**
 * Every product of one step, equal ones once with how often they occur: `[batch, m, k] × [batch, k, n]`. `kind` is forward, input (its gradient),
 * weight (its gradient) or attention; `fixed` says that the right-hand matrix is a frozen weight; transA and transB how the operands lie in memory.
 */
export function stepProducts({ width: D, depth, heads: H, tokens, batch: N }, method) {
  const work = methodWork[method];
  if (work === undefined)
    throw new Error(
      `the products of method '${method}' are not known: wanted one of ${Object.keys(methodWork).join(", ")}`,
    );
  const training = work !== null;
  const found = new Map();
  const add = (product, times = 1) => {
    const key = JSON.stringify(product);
    const known = found.get(key) ?? { ...product, times: 0 };
    known.times += times;
    found.set(key, known);
  };
  const linear = (
    path,
    rows,
    I,
    O,
    { trains = work?.matrices(path) ?? false, inputGradient = true, times = 1 } = {},
  ) => {
    const fixed = !trains;
    add({ kind: "forward", batch: 1, m: rows, k: I, n: O, transA: false, transB: true, fixed }, times);
    if (training && inputGradient)
      add({ kind: "input", batch: 1, m: rows, k: O, n: I, transA: false, transB: false, fixed }, times);
    if (training && trains)
      add({ kind: "weight", batch: 1, m: O, k: rows, n: I, transA: true, transB: false, fixed: false }, times);
  };
  const T = tokens + (work?.prompt ?? 0);
  const C = D / H;
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
    attention(T, C, T, false, true); // to the softmax: dy vᵀ
    attention(T, T, C, true, false); // to v
    attention(T, T, C, false, false); // to q
    attention(T, T, C, true, false); // to k
  }
  linear("blocks.*.attn.proj", N * T, D, D, { times: depth });
  linear("blocks.*.mlp.fc1", N * T, D, 4 * D, { times: depth });
  linear("blocks.*.mlp.fc2", N * T, 4 * D, D, { times: depth });
  if (work?.beside) {
    const { layer, inner, outputs } = work.beside;
    linear(`${layer} down`, N * T, D, inner, { trains: true, times: depth });
    linear(`${layer} up`, N * T, inner, outputs * D, { trains: true, times: depth });
  }
  linear("final_layer.adaLN_modulation.1", N, D, 2 * D);
  linear("final_layer.linear", N * tokens, D, OUTPUTS);
  return [...found.values()];
}

export const productFlops = ({ batch, m, k, n }) => 2 * batch * m * k * n;

/** Floating-point operations of one step. */
export const stepFlops = (shape, method) =>
  stepProducts(shape, method).reduce((sum, product) => sum + product.times * productFlops(product), 0);
