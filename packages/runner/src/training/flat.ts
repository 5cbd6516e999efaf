// Many weights in one flat vector. A training step then has four state inputs instead of hundreds.
//
// P = number of parameters of all weights

import { size, type WeightInfo } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";

/**
 * Concatenates the values in the order of `infos`.
 *
 * @throws Error if a weight is missing or has the wrong number of values
 */
export function flatten(infos: readonly WeightInfo[], values: Readonly<Record<string, Float32Array>>): Float32Array {
  const flat_P = new Float32Array(infos.reduce((sum, w) => sum + size(w.shape), 0));
  let at = 0;
  for (const { name, shape } of infos) {
    const v = values[name];
    if (v?.length !== size(shape))
      throw new Error(`weight '${name}' has ${v?.length} values, but its shape is [${shape}]`);
    flat_P.set(v, at);
    at += v.length;
  }
  return flat_P;
}

/** The inverse of `flatten`. */
export function unflatten(infos: readonly WeightInfo[], flat_P: Float32Array): Record<string, Float32Array> {
  let at = 0;
  const values: Record<string, Float32Array> = {};
  for (const { name, shape } of infos) {
    values[name] = flat_P.slice(at, at + size(shape));
    at += size(shape);
  }
  return values;
}

/** `unflatten` inside a traced function: tensors by name. Their gradients flow back into the flat vector. */
export function unflattenTensor(infos: readonly WeightInfo[], flat_P: tf.Tensor): Record<string, tf.Tensor> {
  const parts = tf.split(
    flat_P,
    infos.map((w) => size(w.shape)),
  );
  return Object.fromEntries(infos.map(({ name, shape }, i) => [name, tf.reshape(parts[i]!, [...shape])]));
}
