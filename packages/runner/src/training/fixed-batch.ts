// The loss of the weights' moving average on one fixed batch, at a few steps of a training: a curve that shows
// learning. The training loss cannot, because its timesteps differ from step to step and move it more than learning
// does. The weights themselves jump about their average as far as they learn (recipe mini, DiffFit on flowers, steps 0
// to 112: they give 0.0355 to 0.0360 with 0.0343 and 0.0371 in between, their average 0.0355 to 0.0336, always
// falling), and the average is what is sampled from.
//
// N = images of the batch, P = all numbers that train, T = timesteps of the schedule

import type { Engine, Signature, Values } from "@dit-bench/compiler";
import type { Schedule } from "@dit-bench/diffusion";
import { size } from "@dit-bench/method";
import { normals, permutation } from "@dit-bench/random";
import { noisedBatch, type TrainingImages } from "./batches.ts";
import { unflattenTensor } from "./flat.ts";
import type { StepDescription } from "./optimizer-step.ts";

export interface LossPoint {
  /** Steps done before. */
  readonly step: number;
  /** Null where the loss was not finite. */
  readonly value: number | null;
}

/** What training needs to evaluate the loss on a fixed batch. */
export interface FixedBatch {
  readonly step: Pick<StepDescription, "trainable" | "inputs" | "loss">;
  /** Made when it is first needed. */
  batch(): Values;
  /** Whether the loss is evaluated after so many steps. */
  isDue(step: number): boolean;
}

export interface FixedBatchLoss {
  /** @param weights_P what trains, flat */
  of(weights_P: Float32Array): Promise<number | null>;
  dispose(): Promise<void>;
}

/** Most images; not more than a training batch has, so that a forward pass takes less memory than a step. */
const IMAGES = 16;
/** Most intervals between two evaluations, and the most of the training's time that they may take. */
const INTERVALS = 16;
const SHARE = 0.03;

/**
 * Whether the loss is evaluated after `step` of `steps` steps: first, last, and every 2^k in between. The interval is a
 * power of two so that a longer run has its points where a shorter one had them too. A forward pass takes up to half of
 * a step of as many images (measured on mini).
 */
export function isFixedBatchStep(step: number, steps: number, batch: number): boolean {
  const affordable = (SHARE * steps * 2 * batch) / Math.min(IMAGES, batch);
  const interval = 2 ** Math.ceil(Math.log2(steps / Math.min(INTERVALS, affordable)));
  return step === 0 || step === steps || step % interval === 0;
}

/**
 * The same images, noise and timesteps for every method and seed, so that their curves compare; labels are never
 * dropped.
 */
export function fixedBatch(
  pictures: TrainingImages,
  schedule: Schedule,
  batch: number,
): { readonly images: number; batch(): Values } {
  const N = Math.min(IMAGES, batch);
  return {
    images: N,
    batch() {
      const M = pictures.labels.length;
      const order = permutation(SEED, "fixed batch images", 0, M);
      const chosen = Array.from({ length: N }, (_, j) => ({ index: order[j % M]!, mirrored: false }));
      const x0 = pictures.x0(chosen, SEED, DRAW);
      // Stratified: one timestep from the middle of each Nth of the schedule.
      const t = Int32Array.from({ length: N }, (_, j) => Math.floor(((j + 0.5) * schedule.steps) / N));
      const y = Int32Array.from(chosen, ({ index }) => pictures.labels[index]!);
      return noisedBatch(schedule, { x0, noise: normals(SEED, "fixed batch noise", 0, x0.length), t, y });
    },
  };
}

const SEED = 0;
/** Index of the latents' draw, beyond that of any training step. */
const DRAW = 2 ** 40;

/**
 * Compiles the forward pass. Frozen weights are inputs and not constants: the graph then holds no copy of them, and a
 * run's peak memory stays that of training.
 */
export async function compileFixedBatch(
  engine: Engine,
  { step: { trainable, inputs, loss }, batch }: FixedBatch,
): Promise<FixedBatchLoss> {
  const frozen: Values = {};
  const signature: Record<string, Signature[string]> = {
    weights: { shape: [trainable.reduce((sum, { shape }) => sum + size(shape), 0)] },
  };
  for (const [name, { value, ...spec }] of Object.entries(inputs)) {
    signature[name] = spec;
    if (value !== undefined) frozen[name] = value;
  }
  const given = { ...batch(), ...frozen };
  const compiled = await engine.compile(
    ({ weights, ...rest }) => ({ loss: loss(unflattenTensor(trainable, weights!), rest) }),
    signature,
    { name: "fixed-batch loss" },
  );
  return {
    async of(weights) {
      const { loss } = await compiled.run({ ...given, weights });
      const value = (loss as Float32Array)[0]!;
      return Number.isFinite(value) ? value : null;
    },
    dispose: () => compiled.dispose(),
  };
}
