// The metrics of a run: FID and KID of generated samples and of the base model's samples against the training images,
// the scores of the table in ../metrics, and FID by class.
//
// D = feature dimension

import { frechetInterval, kid, statistics } from "@dit-bench/metrics";
import type { RunMetrics } from "@dit-bench/record";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import { computeMetrics, heldOutScores } from "../metrics/compute.ts";
import { type LabelledFeatures, noClassReason, perClassFid } from "../metrics/per-class.ts";
import { subsample } from "../metrics/subsample.ts";
import type { RecipeSettings } from "../recipe/recipe.ts";

/** Features of the sets of images, each [N, D], row-major. `real` is the reference of FID and KID. */
export interface Features {
  readonly generated: LabelledFeatures;
  /** The training images. */
  readonly real: LabelledFeatures;
  readonly base: Float32Array;
  /** Images that were not trained on. */
  readonly heldOut?: Float32Array;
  /** Names of the classes, in label order. */
  readonly classes: readonly string[];
}

/**
 * @param seed of the bootstrap resamples of the intervals
 * @param noHeldOut why no images were held out, if some should have been
 */
export function score(
  { resamples, level }: Pick<RecipeSettings["metrics"], "resamples" | "level">,
  extractor: Pick<FeatureExtractor, "id" | "dimension" | "resizer">,
  { generated: labelled, real: training, base, heldOut, classes }: Features,
  seed: number,
  noHeldOut?: string,
): RunMetrics {
  const D = extractor.dimension;
  const [generated, real] = [labelled.features, training.features];
  const reference = statistics(real, D);
  const settings = { resamples, level, seed };
  const adapted = frechetInterval(generated, reference, D, settings);
  const unadapted = frechetInterval(base, reference, D, settings);
  const sets = { generated, real, dimension: D, ...(heldOut && { heldOut }) };
  const { scores, leftOut } = computeMetrics(sets, settings);
  const missing = noHeldOut === undefined ? [] : heldOutScores.map((name) => [name, noHeldOut] as const);
  const perClass = perClassFid(labelled, training, classes, D);
  const reasons = {
    ...leftOut,
    ...Object.fromEntries(missing),
    ...(classes.length > 1 && !perClass && { perClass: noClassReason }),
  };
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
    scores: { ...scores },
    ...(Object.keys(reasons).length > 0 ? { leftOut: reasons } : {}),
    ...perClass,
  };
}
