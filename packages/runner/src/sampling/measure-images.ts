// Converts samples to pixels and features in chunks, so that the pixels of all samples are never in memory together.
//
// N = samples, C, S = channels and side of the model's samples, D = feature dimension

import type { DitConfig } from "@dit-bench/dit";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { ImageSpace } from "../latents/space.ts";

export interface MeasuredImages {
  /** [N, D] */
  readonly features: Float32Array;
  /** RGB bytes of the requested samples, in their order. */
  readonly pixels: Uint8Array;
}

/** Bytes of the pixels of a chunk. */
const CHUNK_BYTES = 256e6;

/**
 * @param x_NCSS samples of the model: pixels in [-1, 1], or latents
 * @param shown indices of the samples whose pixels are returned, ascending
 */
export async function measureImages(
  space: ImageSpace,
  extractor: FeatureExtractor,
  { channels, inputSize }: DitConfig,
  x_NCSS: Float32Array,
  shown: readonly number[],
  listener: Listener,
): Promise<MeasuredImages> {
  const numbers = channels * inputSize ** 2;
  const bytes = 3 * space.side ** 2;
  const N = x_NCSS.length / numbers;
  const features = new Float32Array(N * extractor.dimension);
  const pixels = new Uint8Array(shown.length * bytes);
  const chunk = Math.max(1, Math.floor(CHUNK_BYTES / bytes));
  for (let first = 0; first < N; first += chunk) {
    const last = Math.min(N, first + chunk);
    const part = await space.pixels(x_NCSS.subarray(first * numbers, last * numbers));
    listener.stage?.("features", last === N && first === 0 ? undefined : `of samples ${first + 1} to ${last} of ${N}`);
    features.set(await extractor.features(part, listener), first * extractor.dimension);
    for (const [i, index] of shown.entries())
      if (index >= first && index < last)
        pixels.set(part.subarray((index - first) * bytes, (index - first + 1) * bytes), i * bytes);
  }
  return { features, pixels };
}
