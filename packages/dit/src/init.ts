// Initial weights for pretraining, and the class embedding of new classes. Peebles & Xie 2022,
// https://arxiv.org/abs/2212.09748, section 3.2 ("adaLN-Zero") and their code.

import { normals, uniforms } from "@dit-bench/random";
import type { DitConfig } from "./config.ts";
import { CLASS_EMBEDDING, ditModel } from "./model.ts";
import { sinCosPositions } from "./positions.ts";

/**
 * Initial values of the timestep and class embeddings.
 *
 * - `published`: N(0, 0.02²), which suits widths of 384 and more.
 * - `unit`: layers N(0, 2 / fan-in) (He et al. 2015, https://arxiv.org/abs/1502.01852) and a class table N(0, 1), so
 *   that the conditioning has unit size at any width. At width 128 the published start gives values near 0.02, from
 *   which the modulations learn slowly.
 */
export type EmbeddingStart = "published" | "unit";

/**
 * Initial weights by name, row-major. Linear layers are Xavier uniform with zero biases. The modulations and the final
 * layer are zero, so that every block is the identity at first. Positions are `sinCosPositions`.
 */
export function initialDit(
  config: DitConfig,
  seed: number,
  embeddings: EmbeddingStart = "published",
): Record<string, Float32Array> {
  const weights: Record<string, Float32Array> = {};
  for (const { name, shape } of ditModel(config).weights) {
    const n = shape.reduce((a, b) => a * b, 1);
    if (name === "pos_embed")
      weights[name] = Float32Array.from(sinCosPositions(config.width, config.inputSize / config.patchSize));
    else if (name.endsWith(".bias") || /adaLN_modulation|final_layer\.linear/.test(name))
      weights[name] = new Float32Array(n);
    else if (/^[ty]_embedder/.test(name)) {
      const unit = name === CLASS_EMBEDDING ? 1 : Math.sqrt(2 / shape[1]!);
      const std = embeddings === "unit" ? unit : 0.02;
      weights[name] = normals(seed, `init ${name}`, 0, n).map((z) => std * z);
    } else {
      const [O, ...rest] = shape as [number, ...number[]];
      const bound = Math.sqrt(6 / (O + rest.reduce((a, b) => a * b, 1))); // Glorot & Bengio 2010, eq. 16
      weights[name] = Float32Array.from(uniforms(seed, `init ${name}`, 0, n), (u) => bound * (2 * u - 1));
    }
  }
  return weights;
}

/**
 * A class embedding for new classes, [classes + 1, D], row-major. Every new row starts at the base model's null row,
 * because the null class is the one input without class information that the base model was trained on. Normal noise
 * separates the classes. Its standard deviation in each column is a tenth of that over the base classes. The last row
 * is the base model's null row.
 *
 * Rejected: sampling new rows with the mean and the full deviation of the base classes. With the 16 base classes of the
 * mini recipe, such rows were unlike any that the model had seen, and the generated images were noise.
 *
 * @param base the base model's table, [base classes + 1, D]
 */
export function newClassEmbedding(
  base: Float32Array,
  { width: D, classes: baseClasses }: Pick<DitConfig, "width" | "classes">,
  classes: number,
  seed: number,
): Float32Array {
  const out = new Float32Array((classes + 1) * D);
  const z = normals(seed, "init class embedding", 0, classes * D);
  for (let d = 0; d < D; d++) {
    let mean = 0;
    for (let k = 0; k < baseClasses; k++) mean += base[k * D + d]! / baseClasses;
    let variance = 0;
    for (let k = 0; k < baseClasses; k++) variance += (base[k * D + d]! - mean) ** 2 / baseClasses;
    const nullValue = base[baseClasses * D + d]!;
    for (let k = 0; k < classes; k++) out[k * D + d] = nullValue + 0.1 * Math.sqrt(variance) * z[k * D + d]!;
    out[classes * D + d] = nullValue;
  }
  return out;
}
