// Chooses the number of micro-batches that a training step on the CPU splits its batch into. Micro-batches run one
// after the other in one graph.
//
// The tensors between a block's operations are [samples, tokens, MLP width]. Where they exceed the caches, every
// operation except GEMM waits for memory, and all activations of the whole batch are kept for the backward pass.
// Micro-batches do the same arithmetic on smaller tensors. Each adds one gradient of all trainable weights, so they pay
// off only if these are few compared with the activations (figures in docs/log.md).
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
/** Limit of all micro-batches' gradients as a share of the activations. */
const GRADIENT_SHARE = 1 / 6;

/** The graph contains the step once per micro-batch; more would take long to compile. */
const MOST_MICRO_BATCHES = 8;

/**
 * Number of equal micro-batches of `batch`; 1 if their gradients would exceed `GRADIENT_SHARE` of the activations.
 */
export function countMicroBatches(config: DitConfig, parameters: number, batch: number): number {
  const widest = 4 * tokens(config) * config.width * config.mlpRatio;
  const most = Math.max(WIDEST_BYTES / widest, batch / MOST_MICRO_BATCHES);
  const sizes = Array.from({ length: batch }, (_, i) => i + 1).filter(
    (n) => batch % n === 0 && batch / n <= MOST_MICRO_BATCHES,
  );
  const below = sizes.findLast((n) => n <= most) ?? sizes[0]!;
  const samples = 2 * below > most ? below : sizes.find((n) => n >= most)!;
  const count = batch / samples;
  return count * parameters <= GRADIENT_SHARE * activations(config, batch) ? count : 1;
}

export const tokens = ({ inputSize, patchSize }: DitConfig): number => (inputSize / patchSize) ** 2;
