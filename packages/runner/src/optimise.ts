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
  /** The loss of one batch, a scalar, and whatever else is worth putting out. */
  loss(trainable: Record<string, tf.Tensor>, inputs: Record<string, tf.Tensor>): tf.Tensor;
  readonly optimizer: Pick<AdamWOptions, "betas" | "weightDecay">;
  readonly emaDecay: number;
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
    const { value, grad } = tf.valueAndGrad(
      (w_P: tf.Tensor) => d.loss(unflattenTensor(d.trainable, w_P), given) as tf.Scalar,
    )(weights) as { value: tf.Tensor; grad: tf.Tensor };
    const next = adamw(weights, moment1, moment2, grad, coefficients, d.optimizer);
    return { weights: next.w, moment1: next.m, moment2: next.v, ema: emaUpdate(ema, next.w, d.emaDecay), loss: value };
  };
  return [fn, signature, { name: "training step", state: stateNames }];
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
