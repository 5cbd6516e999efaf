// Chooses the micro-batches that a step on the CPU divides its batch into. They run side by side, one on each core.
//
// The tensors between a block's operations are [samples, tokens, MLP width]. Where they exceed the caches, every
// operation except GEMM waits for memory, and all activations of the whole batch are kept for the backward pass.
// Micro-batches do the same arithmetic on smaller tensors (figures in docs/log.md). Their number depends on the shapes
// alone: gradients are summed in the order of the micro-batches, so it decides the bits of the result.
//
// T = tokens

import type { DitConfig } from "@dit-bench/dit";

/** Values kept per token, block and unit of width for the backward pass, from measured peaks at widths 192 to 1152. */
const KEPT_PER_TOKEN = 20;

/** Number of values kept for the backward pass of this number of samples. */
export function activations(config: DitConfig, samples: number): number {
  const T = tokens(config);
  return samples * config.depth * (KEPT_PER_TOKEN * T * config.width + 2 * config.heads * T ** 2);
}

/**
 * Target bytes of a micro-batch's widest tensor. Fastest were 16 samples of 64 tokens at width 192, and 2 to 4 samples
 * of 256 tokens at width 384 (docs/log.md).
 */
const WIDEST_BYTES = 4 * 2 ** 20;
/** Limit of the gradients that are in memory at a time, as a share of the activations of the whole batch. */
const GRADIENT_SHARE = 1 / 2;

/** More would be smaller than a core needs for fast matrix multiplications. */
const MOST_MICRO_BATCHES = 8;

export interface MicroBatches {
  readonly count: number;
  /** At most this many run at the same time: each needs memory for a gradient. */
  readonly lanes: number;
}

/**
 * The micro-batches of a training step; one if the gradients of two, and their sum, would take more than
 * `GRADIENT_SHARE` of the activations' memory.
 */
export function trainingMicroBatches(config: DitConfig, parameters: number, batch: number): MicroBatches {
  const buffers = Math.floor((GRADIENT_SHARE * activations(config, batch)) / Math.max(1, parameters));
  const count = countParts(config, batch);
  return buffers < 3 || count === 1 ? { count: 1, lanes: 1 } : { count, lanes: Math.min(count, buffers - 1) };
}

/** Number of equal micro-batches whose widest tensors are near the target. */
function countParts(config: DitConfig, batch: number): number {
  const widest = 4 * tokens(config) * config.width * config.mlpRatio;
  const most = Math.max(WIDEST_BYTES / widest, batch / MOST_MICRO_BATCHES);
  const sizes = Array.from({ length: batch }, (_, i) => i + 1).filter(
    (n) => batch % n === 0 && batch / n <= MOST_MICRO_BATCHES,
  );
  const below = sizes.findLast((n) => n <= most) ?? sizes[0]!;
  const samples = 2 * below > most ? below : (sizes.find((n) => n >= most) ?? below);
  return batch / samples;
}

/**
 * Number of parts of a sampling step, whose samples do not depend on each other: at least two if the batch is even, so
 * that two cores have work.
 *
 * @param guided each sample runs through the network twice
 */
export function samplingParts(config: DitConfig, batch: number, guided: boolean): number {
  const count = countParts({ ...config, mlpRatio: config.mlpRatio * (guided ? 2 : 1) }, batch);
  return count === 1 && batch % 2 === 0 ? 2 : count;
}

export const tokens = ({ inputSize, patchSize }: DitConfig): number => (inputSize / patchSize) ** 2;
