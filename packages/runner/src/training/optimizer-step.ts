// One optimizer step as a tensor function: loss, gradients, AdamW, moving average. It is independent of the model.
//
// P = number of trainable parameters

import { type CompileOptions, type Parts, type Signature, type TensorFunction, wholeOf } from "@dit-bench/compiler";
import { type AdamWOptions, adamw, adamwCoefficientNames, emaUpdate } from "@dit-bench/diffusion";
import { size, type WeightInfo } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import { flatten, unflattenTensor } from "./flat.ts";
import type { MicroBatches } from "./micro-batches.ts";

export interface StepDescription {
  /** The trainable weights, in the order of the flat vectors. */
  readonly trainable: readonly WeightInfo[];
  /** Inputs of the loss, including constants. */
  readonly inputs: Signature;
  /**
   * Number of equal micro-batches, and the inputs that are split along axis 0. Without it the batch runs as a whole.
   */
  readonly microBatches?: MicroBatches & { readonly inputs: readonly string[] };
  /** The loss of a batch or a micro-batch: a scalar, the mean over its samples. */
  loss(trainable: Record<string, tf.Tensor>, inputs: Record<string, tf.Tensor>): tf.Tensor;
  readonly optimizer: Pick<AdamWOptions, "betas" | "weightDecay">;
  readonly emaDecay: number;
  /** Makes the error for weights that the loss cannot train. Default: a plain Error. */
  blame?(problem: string): Error;
  /** The plug-in whose method is trained; absent for a built-in method. */
  readonly plugin?: string;
}

/** Names of the training state's vectors, each [P]. */
export const stateNames = ["weights", "moment1", "moment2", "ema"] as const;
export type TrainingState = Record<(typeof stateNames)[number], Float32Array>;

/** The arguments of `Engine.compile` for one step: function, signature, options. The only output is `loss`. */
export function trainingStep(d: StepDescription): [TensorFunction, Signature, CompileOptions] {
  const P = d.trainable.reduce((sum, w) => sum + size(w.shape), 0);
  const signature: Signature = {
    ...d.inputs,
    ...Object.fromEntries(stateNames.map((name) => [name, { shape: [P] }])),
    ...Object.fromEntries(adamwCoefficientNames.map((name) => [`adamw.${name}`, { shape: [1] }])),
  };
  const gradientNames = d.trainable.map(({ name }) => `gradient of ${name}`);
  const parts: Parts = {
    count: d.microBatches?.count ?? 1,
    lanes: d.microBatches?.lanes ?? 1,
    split: d.microBatches?.inputs ?? [],
    part: (given) => lossAndGradients(d, gradientNames, given),
    finish(given) {
      const { weights, moment1, moment2, ema } = given as Record<keyof TrainingState, tf.Tensor>;
      const coefficients = Object.fromEntries(
        adamwCoefficientNames.map((name) => [name, given[`adamw.${name}`]!]),
      ) as Record<(typeof adamwCoefficientNames)[number], tf.Tensor>;
      const grad = tf.concat(gradientNames.map((name) => tf.reshape(given[name]!, [-1])));
      const next = adamw(weights, moment1, moment2, grad, coefficients, d.optimizer);
      const average = emaUpdate(ema, next.w, d.emaDecay);
      return { weights: next.w, moment1: next.m, moment2: next.v, ema: average, loss: given.loss! };
    },
  };
  return [wholeOf(parts), signature, { name: "training step", state: stateNames, parts }];
}

/**
 * Loss and gradients of a batch or a micro-batch. The gradients stay apart, one for each weight, so that an engine that
 * updates state in place need not copy weights or gradients into one vector.
 */
function lossAndGradients(
  d: StepDescription,
  gradientNames: readonly string[],
  given: Record<string, tf.Tensor>,
): Record<string, tf.Tensor> {
  const weights = unflattenTensor(d.trainable, given.weights!);
  const names = Object.keys(weights);
  const loss = () => d.loss(weights, given) as tf.Scalar;
  const { value, grads } = gradientsOf(d, loss, Object.values(weights));
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
  return { loss: value, ...Object.fromEntries(gradientNames.map((name, i) => [name, grads[i]!])) };
}

/** The initial state: zero moments, and the moving average equal to the weights. */
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

/** Like tf.valueAndGrads, but the gradient of a weight that the loss does not read is undefined instead of an error. */
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
