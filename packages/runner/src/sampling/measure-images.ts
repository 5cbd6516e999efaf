// Samples as pictures and features, some at a time: ten thousand pictures of 512 x 512 never lie in memory together.
//
// N = samples, C, S = channels and side of what the model makes, D = feature dimension

import type { DitConfig } from "@dit-bench/dit";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { ImageSpace } from "../latents/space.ts";

export interface MeasuredImages {
  /** [N, D] */
  readonly features: Float32Array;
  /** RGB bytes of the samples that were asked for, in their order. */
  readonly pixels: Uint8Array;
}

/** Pictures that are in memory at once take about as many bytes. */
const AT_ONCE = 256e6;

/**
 * @param x_NCSS what the model made
 * @param shown which of them to keep as pictures, ascending
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
  const chunk = Math.max(1, Math.floor(AT_ONCE / bytes));
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
