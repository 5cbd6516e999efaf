// The training step of an adapted DiT: its inputs and its diffusion loss.
//
// N = batch, C = channels, S = side

import type { Signature } from "@dit-bench/compiler";
import { addNoise, trainingCoefficientNames, trainingLoss } from "@dit-bench/diffusion";
import { type DitConfig, dit } from "@dit-bench/dit";
import { type Adapted, MethodError, type Values } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import type { MicroBatches } from "./micro-batches.ts";
import type { StepDescription } from "./optimizer-step.ts";

/** Inputs of one batch: images in [-1, 1], noise, timesteps, labels, and the schedule's coefficients of each sample. */
export function batchSignature({ channels: C, inputSize: S }: DitConfig, N: number): Signature {
  return {
    x0: { shape: [N, C, S, S] },
    noise: { shape: [N, C, S, S] },
    t: { shape: [N] },
    y: { shape: [N], dtype: "int32" },
    ...Object.fromEntries(trainingCoefficientNames.map((name) => [`q.${name}`, { shape: [N] }])),
  };
}

/** The step that trains `adapted`. Its loss is mse + vb (Nichol & Dhariwal 2021), averaged over the batch. */
export function denoisingStep(
  adapted: Adapted,
  config: DitConfig,
  base: Values,
  batch: number,
  { microBatches, ...rest }: Pick<StepDescription, "optimizer" | "emaDecay"> & { readonly microBatches?: MicroBatches },
): StepDescription {
  const frozen = Object.fromEntries(
    adapted.frozen.map(({ name, shape }) => [`w.${name}`, { shape, value: base[name]! }]),
  );
  const given = batchSignature(config, batch);
  return {
    trainable: adapted.trainable,
    blame: (problem) => new MethodError(`${adapted.who}: ${problem}`),
    ...(adapted.method.plugin !== undefined && { plugin: adapted.method.plugin }),
    inputs: { ...given, ...frozen },
    ...(microBatches && { microBatches: { ...microBatches, inputs: Object.keys(given) } }),
    loss(trainable, given) {
      const weights = {
        ...trainable,
        ...Object.fromEntries(adapted.frozen.map(({ name }) => [name, given[`w.${name}`]!])),
      };
      const coefficients = Object.fromEntries(trainingCoefficientNames.map((name) => [name, given[`q.${name}`]!]));
      const { x0, noise, t, y } = given as Record<"x0" | "noise" | "t" | "y", tf.Tensor>;
      const xt = addNoise(x0, noise, coefficients);
      const output = dit(weights, config, xt, t, y, adapted.call(weights));
      return tf.mean(trainingLoss(output, x0, xt, noise, coefficients).loss_N);
    },
    ...rest,
  };
}
