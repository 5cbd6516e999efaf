// The metrics of a run: FID and KID of generated samples and of the base model's samples against the real images.
//
// D = feature dimension

import { frechetInterval, kid, statistics } from "@dit-bench/metrics";
import type { RunMetrics } from "@dit-bench/record";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";

/** Features of three sets of images, each [N, D], row-major. `real` is the reference of FID and KID. */
export interface Features {
  readonly generated: Float32Array;
  readonly real: Float32Array;
  readonly base: Float32Array;
}

/** @param seed of the bootstrap resamples of the intervals */
export function score(
  { resamples, level }: RecipeSettings["metrics"],
  extractor: Pick<FeatureExtractor, "id" | "dimension" | "resizer">,
  { generated, real, base }: Features,
  seed: number,
): RunMetrics {
  const D = extractor.dimension;
  const reference = statistics(real, D);
  const adapted = frechetInterval(generated, reference, D, { resamples, level, seed });
  const unadapted = frechetInterval(base, reference, D, { resamples, level, seed });
  return {
    extractor: extractor.id,
    dimension: D,
    resizer: extractor.resizer,
    generated: generated.length / D,
    real: real.length / D,
    fid: adapted.distance,
    fidInterval: [adapted.low, adapted.high],
    intervalLevel: level,
    kid: kid(subsample(generated, D), subsample(real, D), D),
    baseFid: unadapted.distance,
    baseFidInterval: [unadapted.low, unadapted.high],
    baseKid: kid(subsample(base, D), subsample(real, D), D),
    baseGenerated: base.length / D,
  };
}

/** KID is O(N²): larger sets are subsampled to this many images, evenly spaced. */
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
