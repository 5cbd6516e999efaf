// The loss on one fixed batch, evaluated at a few training steps with the moving average of the weights. This curve
// shows learning. The training loss does not: its timesteps differ from step to step, which changes it more than
// learning does. The moving average is evaluated because sampling uses it, and because the weights themselves fluctuate
// as much as they learn. Recipe mini, DiffFit on flowers, steps 0 to 112: the weights give 0.0355 to 0.0360, with
// 0.0343 and 0.0371 in between; their average falls steadily from 0.0355 to 0.0336.
//
// N = images of the batch, P = number of trainable parameters

import type { Engine, Signature, Values } from "@dit-bench/compiler";
import type { Schedule } from "@dit-bench/diffusion";
import { size } from "@dit-bench/method";
import { normals, permutation } from "@dit-bench/random";
import { noisedBatch, type TrainingImages } from "./batches.ts";
import { unflattenTensor } from "./flat.ts";
import type { StepDescription } from "./optimizer-step.ts";

export interface LossPoint {
  /** Number of steps done before the evaluation. */
  readonly step: number;
  /** Null if the loss was not finite. */
  readonly value: number | null;
}

/** The fixed batch, its loss, and the steps at which it is evaluated. */
export interface FixedBatch {
  readonly step: Pick<StepDescription, "trainable" | "inputs" | "loss">;
  /** Makes the inputs. Called once, when training starts. */
  batch(): Values;
  /** Whether the loss is evaluated after this number of steps. */
  isDue(step: number): boolean;
}

export interface FixedBatchLoss {
  /** @param weights_P the trainable weights as one flat vector */
  of(weights_P: Float32Array): Promise<number | null>;
  dispose(): Promise<void>;
}

/**
 * At most this many images, and not more than a training batch, so that the evaluation needs less memory than a step.
 */
const MOST_IMAGES = 16;
/** At most this many evaluations after the first, and at most this share of the training time. */
const MOST_EVALUATIONS = 16;
const TIME_SHARE = 0.03;

/**
 * Whether the loss is evaluated after `step` of `steps` steps: at the first, the last, and every 2^k in between. With a
 * power of two, a longer run has points wherever a shorter run has them. Assumed cost: a forward pass takes half the
 * time of a training step with as many images, the most that was measured on mini.
 */
export function isFixedBatchStep(step: number, steps: number, batch: number): boolean {
  const affordable = (TIME_SHARE * steps * 2 * batch) / Math.min(MOST_IMAGES, batch);
  const interval = 2 ** Math.ceil(Math.log2(steps / Math.min(MOST_EVALUATIONS, affordable)));
  return step === 0 || step === steps || step % interval === 0;
}

/**
 * The same images, noise and timesteps for every method and seed, so that curves can be compared. No label is dropped.
 */
export function fixedBatch(
  images: TrainingImages,
  schedule: Schedule,
  batch: number,
): { readonly images: number; batch(): Values } {
  const N = Math.min(MOST_IMAGES, batch);
  return {
    images: N,
    batch() {
      const M = images.labels.length;
      const order = permutation(SEED, "fixed batch images", 0, M);
      const chosen = Array.from({ length: N }, (_, j) => ({ index: order[j % M]!, mirrored: false }));
      const x0 = images.x0(chosen, SEED, SAMPLE_INDEX);
      // Stratified: one timestep from the middle of each Nth of the schedule.
      const t = Int32Array.from({ length: N }, (_, j) => Math.floor(((j + 0.5) * schedule.steps) / N));
      const y = Int32Array.from(chosen, ({ index }) => images.labels[index]!);
      return noisedBatch(schedule, { x0, noise: normals(SEED, "fixed batch noise", 0, x0.length), t, y });
    },
  };
}

const SEED = 0;
/** Random index of the latents' samples, above the index of any training step. */
const SAMPLE_INDEX = 2 ** 40;

/**
 * Compiles the forward pass. Frozen weights are inputs, not constants: the graph then holds no copy of them, and the
 * peak memory of a run stays that of training.
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
