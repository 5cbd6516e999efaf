// Checks of what the functions of a graft return, while the model runs or is traced.

import * as tf from "@dit-bench/tfjs";
import type { Affine } from "./affine.ts";
import { describe, didYouMean, MethodError } from "./error.ts";
import type { Module, Weights } from "./model.ts";

/** Checks the result of `affine`: scale and shift, each [out] or [1]. */
export function checkAffine(what: string, module: Module, given: unknown): Affine {
  if (given === null || typeof given !== "object")
    throw new MethodError(`${what} returns ${describe(given)}; wanted { scale, shift }`);
  const entries = Object.entries(given);
  if (!entries.some(([, value]) => value !== undefined))
    throw new MethodError(`${what} returns neither scale nor shift; wanted at least one of them`);
  for (const [key, value] of entries) {
    if (key !== "scale" && key !== "shift")
      throw new MethodError(
        `${what} returns a field '${key}', wanted scale or shift${didYouMean(key, ["scale", "shift"])}`,
      );
    if (value === undefined) continue;
    if (!(value instanceof tf.Tensor))
      throw new MethodError(`${what} returns ${key} as ${describe(value)}; wanted a tensor`);
    if (value.rank > 1 || (value.size !== module.out && value.size !== 1))
      throw new MethodError(`${what} returns ${key} of shape [${value.shape}]; wanted [${module.out}] or [1]`);
  }
  return given as Affine;
}

/**
 * Checks the result of `forward`: rank and first axis of its input, last axis [out]. Axes between may differ: VPT adds
 * tokens.
 */
export function checkOutput(what: string, module: Module, x: tf.Tensor, given: unknown): tf.Tensor {
  if (!(given instanceof tf.Tensor)) throw new MethodError(`${what} returns ${describe(given)}; wanted a tensor`);
  if (given.rank !== x.rank || given.shape[0] !== x.shape[0] || given.shape.at(-1) !== module.out)
    throw new MethodError(
      `${what} returns a tensor of shape [${given.shape}] for an input of [${x.shape}]; ` +
        `wanted ${x.rank} axes, ${x.shape[0]} first and ${module.out} last`,
    );
  return given;
}

/**
 * Checks the result of `merge`: base weights by path, in their own shapes.
 *
 * @param owner what the weights in `base` belong to, for messages
 */
export function checkMerged(
  what: string,
  base: Weights,
  given: unknown,
  owner = "the base model",
): Record<string, tf.Tensor> {
  if (given === null || typeof given !== "object" || given instanceof tf.Tensor)
    throw new MethodError(`${what} returns ${describe(given)}; wanted the changed base weights by path`);
  for (const [name, value] of Object.entries(given)) {
    const before = base[name];
    if (before === undefined)
      throw new MethodError(
        `${what} returns '${name}', which is no weight of ${owner}${didYouMean(name, Object.keys(base))}`,
      );
    if (!(value instanceof tf.Tensor))
      throw new MethodError(`${what} returns '${name}' as ${describe(value)}; wanted a tensor`);
    if (`${value.shape}` !== `${before.shape}`)
      throw new MethodError(`${what} returns '${name}' of shape [${value.shape}]; wanted [${before.shape}]`);
  }
  return given as Record<string, tf.Tensor>;
}
