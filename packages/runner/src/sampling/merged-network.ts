// The network for sampling: the base model with the method merged into its weights, or wrapped around it if it cannot
// be merged.

import type { DitConfig } from "@dit-bench/dit";
import type { Adapted, Values } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import type { Network } from "./sample.ts";

export function mergedNetwork(adapted: Adapted, config: DitConfig, base: Values, trained: Values): Network {
  const all = { ...base, ...trained };
  if (!adapted.merges)
    return { config, infos: [...adapted.frozen, ...adapted.trainable], values: all, call: adapted.call };
  return { config, infos: adapted.model.weights, values: mergedValues(adapted, all) };
}

/**
 * The base model's weights with the first `count` grafts merged in; all of them by default.
 *
 * @param all base and trained weights by path
 */
export function mergedValues(adapted: Adapted, all: Values, count?: number): Record<string, Float32Array> {
  tf.enableProdMode(); // without it, the eager backend prints advice to install another one
  const infos = adapted.model.weights;
  const shapes = [...infos, ...adapted.trainable];
  // Not returned from `tidy`, which would search every number for tensors, and fail above 2^24 of them.
  const values: Record<string, Float32Array> = {};
  tf.tidy(() => {
    const tensors = Object.fromEntries(shapes.map(({ name, shape }) => [name, tf.tensor(all[name]!, [...shape])]));
    const { weights } = adapted.merge(tensors, count);
    for (const { name } of infos) values[name] = weights[name]!.dataSync() as Float32Array;
  });
  return values;
}
