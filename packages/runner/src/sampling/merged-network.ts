// The network to sample from: the base model with the method folded in, or, where it cannot be folded, wrapped around
// it.

import type { DitConfig } from "@dit-bench/dit";
import type { Adapted, Values } from "@dit-bench/method";
import * as tf from "@tensorflow/tfjs";
import type { Network } from "./sample.ts";

export function mergedNetwork(adapted: Adapted, config: DitConfig, base: Values, trained: Values): Network {
  const all = { ...base, ...trained };
  if (!adapted.merges)
    return { config, infos: [...adapted.frozen, ...adapted.trainable], values: all, call: adapted.call };
  return { config, infos: adapted.model.weights, values: mergedValues(adapted, all) };
}

/**
 * The base model's weights with the first `count` grafts folded in, or all of them.
 *
 * @param all base and trained weights by path
 */
export function mergedValues(adapted: Adapted, all: Values, count?: number): Record<string, Float32Array> {
  tf.enableProdMode(); // or the eager backend advises on stderr to install another one
  const infos = adapted.model.weights;
  const shapes = [...infos, ...adapted.trainable];
  // Kept out of what `tidy` returns: it would walk through every number in search of tensors, and fail past 2^24 of
  // them.
  const values: Record<string, Float32Array> = {};
  tf.tidy(() => {
    const tensors = Object.fromEntries(shapes.map(({ name, shape }) => [name, tf.tensor(all[name]!, [...shape])]));
    const { weights } = adapted.merge(tensors, count);
    for (const { name } of infos) values[name] = weights[name]!.dataSync() as Float32Array;
  });
  return values;
}
