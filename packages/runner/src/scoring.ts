// Distances of a run: generated and base samples against the real images.
//
// D = feature dimension

import { frechetInterval, kid, statistics } from "@dit-bench/metrics";
import type { RunMetrics } from "@dit-bench/record";
import type { FeatureExtractor } from "./features.ts";
import type { RecipeSettings } from "./recipe.ts";

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
    kid: kid(generated, real, D),
    baseFid: floor.distance,
    baseFidInterval: [floor.low, floor.high],
    baseKid: kid(base, real, D),
    baseGenerated: base.length / D,
  };
}
