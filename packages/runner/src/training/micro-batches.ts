// In how many parts a training step takes its batch, one after the other, on a processor.
//
// A block's operations hand on tensors of [samples, tokens, MLP width]. Where these pass the caches, everything but the
// products waits for memory, and all that is kept for going back is kept for the whole batch. A batch in parts does the
// same arithmetic; each part adds one gradient of everything that trains, so that a method gains by it only where these
// are small beside the rest (figures in docs/log.md).

import type { DitConfig } from "@dit-bench/dit";

/** Numbers kept of a token in a block for going back, by measured peaks at widths 192 to 1152. */
const KEPT = 20;

/** Numbers kept for going back, of so many samples. */
export function activations(config: DitConfig, samples: number): number {
  const T = tokens(config);
  return samples * config.depth * (KEPT * T * config.width + 2 * config.heads * T ** 2);
}

/**
 * Of the widest tensor of a part, in bytes: at 192 wide 16 samples of 64 tokens and at 384 two to four of 256 were the
 * fastest.
 */
const WIDEST = 4 * 2 ** 20;
/** What the parts' gradients may come to, of all numbers kept for going back. */
const SHARE = 1 / 6;

/** The graph holds the step once for each part; more would take long to compile. */
const MOST = 8;

/**
 * Equal parts of `batch`, about as large as `WIDEST` admits and at most `MOST`; one part where their gradients would
 * weigh more than `SHARE`.
 */
export function microBatches(config: DitConfig, parameters: number, batch: number): number {
  const widest = 4 * tokens(config) * config.width * config.mlpRatio;
  const most = Math.max(WIDEST / widest, batch / MOST);
  const sizes = Array.from({ length: batch }, (_, i) => i + 1).filter((n) => batch % n === 0 && batch / n <= MOST);
  const below = sizes.findLast((n) => n <= most) ?? sizes[0]!;
  const samples = 2 * below > most ? below : sizes.find((n) => n >= most)!;
  const parts = batch / samples;
  return parts * parameters <= SHARE * activations(config, batch) ? parts : 1;
}

export const tokens = ({ inputSize, patchSize }: DitConfig): number => (inputSize / patchSize) ** 2;
