// One optimizer step as a tensor function: loss, gradients, AdamW, moving average. Nothing here knows a model.
//
// P = all numbers that train

import type { CompileOptions, Signature, TensorFunction } from "@dit-bench/compiler";
import { type AdamWOptions, adamw, adamwCoefficientNames, emaUpdate } from "@dit-bench/diffusion";
import { size, type WeightInfo } from "@dit-bench/method";
import * as tf from "@tensorflow/tfjs";
import { flatten, unflattenTensor } from "./flat.ts";

export interface StepDescription {
  /** What trains, in the order of the flat vectors. */
  readonly trainable: readonly WeightInfo[];
  /** Inputs of the loss, constants among them. */
  readonly inputs: Signature;
  /**
   * Equal parts in which the batch is taken, one after the other, and the inputs whose first axis it is; whole where
   * this is left out.
   */
  readonly parts?: { readonly count: number; readonly of: readonly string[] };
  /** The loss of a batch or of a part of one: a scalar, the mean over its samples. */
  loss(trainable: Record<string, tf.Tensor>, inputs: Record<string, tf.Tensor>): tf.Tensor;
  readonly optimizer: Pick<AdamWOptions, "betas" | "weightDecay">;
  readonly emaDecay: number;
  /** Makes the error for weights that the loss cannot train; a plain one where it is left out. */
  blame?(problem: string): Error;
}

/** State of training: each a flat vector [P]. */
export const stateNames = ["weights", "moment1", "moment2", "ema"] as const;
export type TrainingState = Record<(typeof stateNames)[number], Float32Array>;

/** The step for an engine: fn, signature, options of `compile`. Its one output is `loss`. */
export function trainingStep(d: StepDescription): [TensorFunction, Signature, CompileOptions] {
  const P = d.trainable.reduce((sum, w) => sum + size(w.shape), 0);
  const signature: Signature = {
    ...d.inputs,
    ...Object.fromEntries(stateNames.map((name) => [name, { shape: [P] }])),
    ...Object.fromEntries(adamwCoefficientNames.map((name) => [`adamw.${name}`, { shape: [1] }])),
  };
  const fn: TensorFunction = (given) => {
    const { weights, moment1, moment2, ema } = given as Record<keyof TrainingState, tf.Tensor>;
    const coefficients = Object.fromEntries(
      adamwCoefficientNames.map((name) => [name, given[`adamw.${name}`]!]),
    ) as Record<(typeof adamwCoefficientNames)[number], tf.Tensor>;
    const { value, grad } = lossAndGradient(d, weights, given);
    const next = adamw(weights, moment1, moment2, grad, coefficients, d.optimizer);
    return { weights: next.w, moment1: next.m, moment2: next.v, ema: emaUpdate(ema, next.w, d.emaDecay), loss: value };
  };
  return [fn, signature, { name: "training step", state: stateNames }];
}

/**
 * Of the whole batch, whose loss is the mean of its parts' losses. Gradients are summed weight by weight and laid end
 * to end last, so that an engine that updates state in place copies neither weights nor gradients together.
 */
function lossAndGradient(d: StepDescription, weights_P: tf.Tensor, given: Record<string, tf.Tensor>) {
  const weights = unflattenTensor(d.trainable, weights_P);
  const names = Object.keys(weights);
  const of = (inputs: Record<string, tf.Tensor>) => {
    const loss = (...tensors: tf.Tensor[]) =>
      d.loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), inputs) as tf.Scalar;
    const { value, grads } = gradientsOf(d, () => loss(...Object.values(weights)), Object.values(weights));
    const unread = names.filter((_, i) => !grads[i]);
    if (unread.length > 0)
      throw blame(
        d,
        `the loss does not depend on ${unread
          .slice(0, 3)
          .map((name) => `'${name}'`)
          .join(", ")}` +
          `${unread.length > 3 ? ` and ${unread.length - 3} more` : ""}, which would never train; ` +
          "use every weight, or leave it out",
      );
    return { value: value as tf.Tensor, grads };
  };
  const flat = (grads: readonly tf.Tensor[]) => tf.concat(grads.map((grad) => tf.reshape(grad, [-1])));
  if (!d.parts) {
    const { value, grads } = of(given);
    return { value, grad: flat(grads) };
  }
  const { count, of: taken } = d.parts;
  const slices = taken.map((name) => tf.split(given[name]!, count, 0));
  const parts = Array.from({ length: count }, (_, part) =>
    of({ ...given, ...Object.fromEntries(taken.map((name, i) => [name, slices[i]![part]!])) }),
  );
  const sum = (tensors: readonly tf.Tensor[]) => tensors.reduce((a, b) => tf.add(a, b));
  const grads = names.map((_, i) => sum(parts.map((part) => part.grads[i]!)));
  return { value: tf.div(sum(parts.map(({ value }) => value)), count), grad: tf.div(flat(grads), count) };
}

/** State at the start: no moments, the average a copy of the weights. */
export function initialState(
  trainable: readonly WeightInfo[],
  values: Readonly<Record<string, Float32Array>>,
): TrainingState {
  const weights = flatten(trainable, values);
  return {
    weights,
    moment1: new Float32Array(weights.length),
    moment2: new Float32Array(weights.length),
    ema: weights.slice(),
  };
}

/**
 * As tf.valueAndGrads, which only counts the weights that the loss does not read: here their gradients are undefined.
 */
function gradientsOf(d: StepDescription, loss: () => tf.Scalar, weights: tf.Tensor[]) {
  try {
    return tf.engine().gradients(loss, weights, undefined, true);
  } catch (error) {
    const op = /gradient function not found for (\w+)/.exec((error as Error).message)?.[1];
    if (op === undefined) throw error;
    throw blame(d, `the loss goes through tfjs's ${op}, which has no gradient; use other operations on what trains`);
  }
}

const blame = (d: StepDescription, problem: string): Error =>
  d.blame?.(problem) ?? new Error(`training step: ${problem}`);
