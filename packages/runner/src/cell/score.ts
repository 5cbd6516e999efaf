// Distances of a run: generated and base samples against the real images.
//
// D = feature dimension

import { frechetInterval, kid, statistics } from "@dit-bench/metrics";
import type { RunMetrics } from "@dit-bench/record";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";

/** Features are [N, D], row-major; the real ones are the reference of both distances. */
export interface Features {
  readonly generated: Float32Array;
  readonly real: Float32Array;
  readonly base: Float32Array;
}

export function score(
  { resamples, level }: RecipeSettings["metrics"],
  extractor: Pick<FeatureExtractor, "id" | "dimension" | "resizer">,
  { generated, real, base }: Features,
  seed: number,
): RunMetrics {
  const D = extractor.dimension;
  const reference = statistics(real, D);
  const ours = frechetInterval(generated, reference, D, { resamples, level, seed });
  const floor = frechetInterval(base, reference, D, { resamples, level, seed });
  return {
    extractor: extractor.id,
    dimension: D,
    resizer: extractor.resizer,
    generated: generated.length / D,
    real: real.length / D,
    fid: ours.distance,
    fidInterval: [ours.low, ours.high],
    intervalLevel: level,
    kid: kid(subsample(generated, D), subsample(real, D), D),
    baseFid: floor.distance,
    baseFidInterval: [floor.low, floor.high],
    baseKid: kid(subsample(base, D), subsample(real, D), D),
    baseGenerated: base.length / D,
  };
}

/** KID compares every image with every other: of more than these it takes as many, evenly spread. */
const KID_IMAGES = 5000;

function subsample(features_ND: Float32Array, D: number): Float32Array {
  const N = features_ND.length / D;
  if (N <= KID_IMAGES) return features_ND;
  const chosen = new Float32Array(KID_IMAGES * D);
  for (let i = 0; i < KID_IMAGES; i++) {
    const row = Math.floor((i * N) / KID_IMAGES);
    chosen.set(features_ND.subarray(row * D, (row + 1) * D), i * D);
  }
  return chosen;
}
