// Fresh weights for pretraining, as DiT starts: Peebles & Xie 2022, section 3.2 ("adaLN-Zero") and their published settings.

import { normals, uniforms } from "@dit-bench/random";
import type { DitConfig } from "./config.ts";
import { CLASS_EMBEDDING, ditModel } from "./model.ts";
import { sinCosPositions } from "./positions.ts";

/**
 * How the timestep's and the classes' embeddings start. `published`: N(0, 0.02²), made for widths of 384 and more. `unit`: layers
 * N(0, 2 / fan-in) (He et al. 2015, https://arxiv.org/abs/1502.01852) and a class table N(0, 1), so that the conditioning is of unit size at
 * any width; at width 128 the published start leaves it near 0.02, and the modulations learn from next to nothing.
 */
export type EmbeddingStart = "published" | "unit";

/**
 * Linear layers Xavier uniform with zero biases, embeddings as asked, the modulations and the final layer zero, so that every block
 * starts as the identity.
 */
export function initialDit(
  config: DitConfig,
  seed: number,
  embeddings: EmbeddingStart = "published",
): Record<string, Float32Array> {
  const out: Record<string, Float32Array> = {};
  for (const { name, shape } of ditModel(config).weights) {
    const n = shape.reduce((a, b) => a * b, 1);
    if (name === "pos_embed")
      out[name] = Float32Array.from(sinCosPositions(config.width, config.inputSize / config.patchSize));
    else if (name.endsWith(".bias") || /adaLN_modulation|final_layer\.linear/.test(name))
      out[name] = new Float32Array(n);
    else if (/^[ty]_embedder/.test(name)) {
      const unit = name === CLASS_EMBEDDING ? 1 : Math.sqrt(2 / shape[1]!);
      const std = embeddings === "unit" ? unit : 0.02;
      out[name] = normals(seed, `init ${name}`, 0, n).map((z) => std * z);
    } else {
      const [O, ...rest] = shape as [number, ...number[]];
      const bound = Math.sqrt(6 / (O + rest.reduce((a, b) => a * b, 1))); // Glorot & Bengio 2010, eq. 16
      out[name] = Float32Array.from(uniforms(seed, `init ${name}`, 0, n), (u) => bound * (2 * u - 1));
    }
  }
  return out;
}

/**
 * A class embedding for a new label space, [classes + 1, D]: every new class starts at the base model's null row, the one place where the
 * base model knows what to do with a class it has not been told, with a tenth of the base classes' deviation, width by width, to set the classes
 * apart. The null row (the last) is the base's own.
 *
 * Drawing new rows from the base classes' mean and full deviation was tried first: sixteen classes span little of the space, so that
 * such rows are conditionings the model has never seen, and its samples were noise.
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
    const none = base[baseClasses * D + d]!;
    for (let k = 0; k < classes; k++) out[k * D + d] = none + 0.1 * Math.sqrt(variance) * z[k * D + d]!;
    out[classes * D + d] = none;
  }
  return out;
}
