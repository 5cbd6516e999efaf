// DiT as a function of its weights: Peebles & Xie 2022, https://arxiv.org/abs/2212.09748, with adaLN-Zero blocks.
//
// N = batch, C = channels, O = output channels, S = input side, P = patch side, G = S / P, T = G² tokens, D = width, K
// = classes

import {
  type Affine,
  applyPending,
  type Call,
  callModule,
  composeAffine,
  type Pending,
  type Weights,
} from "@dit-bench/method";
import { gelu, layerNorm, linear, selfAttention, silu } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { type DitConfig, outputChannels } from "./config.ts";
import { CLASS_EMBEDDING, FREQUENCIES } from "./model.ts";
import { timestepEmbedding } from "./timesteps.ts";

/** Layer norms of DiT: epsilon 1e-6, no affine. */
const NORM_EPSILON = 1e-6;

/**
 * The model's output: the predicted noise, followed, if the model learns sigma, by the position of the log variance
 * between its bounds.
 *
 * @param w every weight of `ditModel(config)`, by checkpoint path
 * @param x_NCSS noised input
 * @param t_N timesteps as the network sees them, float32; fractions are allowed
 * @param y_N labels, int32; `config.classes` is the null class
 * @param call the seam through which each module runs: `attach(...).call(...)` of a method
 * @returns [N, O, S, S]
 * @throws Error if a weight is missing
 */
export function dit(
  w: Weights,
  config: DitConfig,
  x_NCSS: tf.Tensor,
  t_N: tf.Tensor,
  y_N: tf.Tensor,
  call: Call = callModule,
): tf.Tensor {
  const get = (name: string): tf.Tensor => {
    const weight = w[name];
    if (!weight) throw new Error(`model ${config.name}: no weight named '${name}' was given`);
    return weight;
  };
  const lastLayer = (path: string, x: tf.Tensor): Pending => {
    const bias = get(`${path}.bias`);
    const weight = tf.reshape(get(`${path}.weight`), [bias.size, -1]); // the patch embedding is stored as a convolution
    return call(path, (x, own) => linear(x, own!.weight, own!.bias), x, { weight, bias });
  };
  const layer = (path: string, x: tf.Tensor): tf.Tensor => applyPending(lastLayer(path, x));
  const norm = (path: string, x: tf.Tensor): Pending => {
    const epsilon = (path.endsWith(".norm2") && config.diffusers?.secondNormEpsilon) || NORM_EPSILON;
    return call(path, (x) => layerNorm(x, epsilon), x);
  };

  const attention = (path: string, x_NTD: tf.Tensor): Pending =>
    lastLayer(`${path}.proj`, selfAttention(layer(`${path}.qkv`, x_NTD), config.heads));
  const mlp = (path: string, x: tf.Tensor): Pending => lastLayer(`${path}.fc2`, gelu(layer(`${path}.fc1`, x)));

  const block = (path: string, x_NTD: tf.Tensor, silu_c_ND: tf.Tensor): tf.Tensor => {
    const six = tf.split(layer(`${path}.adaLN_modulation.1`, silu_c_ND), 6, 1);
    const branch = (name: "attn" | "mlp", normName: string, first: 0 | 3) => (x: tf.Tensor) => {
      const [shift_ND, scale_ND, gate_ND] = six.slice(first, first + 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const inside = applyPending(composeAffine(norm(`${path}.${normName}`, x), modulation(shift_ND, scale_ND)));
      const f = name === "attn" ? attention : mlp;
      const y = call(`${path}.${name}`, (x) => f(`${path}.${name}`, x), inside);
      return composeAffine(y, { scale: tf.expandDims(gate_ND, 1) });
    };
    const attended = tf.add(x_NTD, applyPending(call(`${path}.attn_branch`, branch("attn", "norm1", 0), x_NTD)));
    return tf.add(attended, applyPending(call(`${path}.mlp_branch`, branch("mlp", "norm2", 3), attended)));
  };

  const K = FREQUENCIES / 2;
  const angles_NF = timestepEmbedding(t_N, K, config.diffusers ? K - 1 : K);
  const time_ND = layer("t_embedder.mlp.2", silu(layer("t_embedder.mlp.0", angles_NF)));
  // The lookup is a matrix multiplication with one-hot rows: then its gradient is one too, and no scatter is needed.
  const labels_NK = tf.oneHot(tf.cast(y_N, "int32") as tf.Tensor1D, config.classes + 1, 1, 0, "float32");
  const label_ND = tf.matMul(labels_NK as tf.Tensor2D, get(CLASS_EMBEDDING) as tf.Tensor2D);
  const silu_c_ND = silu(tf.add(time_ND, label_ND)); // the first operation of every modulation

  const stack = (x_NTD: tf.Tensor): tf.Tensor => {
    let y = x_NTD;
    for (let i = 0; i < config.depth; i++) {
      const path = `blocks.${i}`;
      y = applyPending(call(path, (x) => block(path, x, silu_c_ND), y));
    }
    return y;
  };
  const embedded_NTD = tf.add(layer("x_embedder.proj", patches(x_NCSS, config)), get("pos_embed"));
  const h_NTD = applyPending(call("blocks", stack, embedded_NTD));

  const [shift_ND, scale_ND] = tf.split(layer("final_layer.adaLN_modulation.1", silu_c_ND), 2, 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return unpatched(
    layer(
      "final_layer.linear",
      applyPending(composeAffine(norm("final_layer.norm_final", h_NTD), modulation(shift_ND, scale_ND))),
    ),
    config,
  );
}

/**
 * The modulation of adaptive layer norm, x̂ (1 + scale) + shift for every token, as an affine map that composes with a
 * method's.
 */
const modulation = (shift_ND: tf.Tensor, scale_ND: tf.Tensor): Affine => ({
  scale: tf.expandDims(tf.add(1, scale_ND), 1),
  shift: tf.expandDims(shift_ND, 1),
});

/** [N, C, S, S] to [N, T, C P P]. In this order of values, the patch embedding by convolution is a linear layer. */
function patches(x_NCSS: tf.Tensor, { inputSize: S, patchSize: P, channels: C }: DitConfig): tf.Tensor {
  const N = x_NCSS.shape[0]!;
  const G = S / P;
  const split = tf.reshape(x_NCSS, [N, C, G, P, G, P]);
  return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), [N, G * G, C * P * P]);
}

/** [N, T, P P O] to [N, O, S, S]. The channel is the fastest index of the final layer's output. */
function unpatched(tokens: tf.Tensor, config: DitConfig): tf.Tensor {
  const { inputSize: S, patchSize: P } = config;
  const N = tokens.shape[0]!;
  const G = S / P;
  const O = outputChannels(config);
  return tf.reshape(tf.transpose(tf.reshape(tokens, [N, G, G, P, P, O]), [0, 5, 1, 3, 2, 4]), [N, O, S, S]);
}
