// Measures the points of the FID over training: samples a few images from the moving average of the weights, and
// compares their features with those of the training images and of the held-out ones.
//
// N = images, D = feature dimension

import { frechetDistance, type Statistics, statistics } from "@dit-bench/metrics";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import { fewestImages } from "../metrics/metric.ts";
import { compileRecipeExtractor } from "../recipe/recipe-extractor.ts";
import { defaultEverySamples } from "../recipe/schema.ts";
import { measureImages } from "../sampling/measure-images.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import { labelsLike, sample } from "../sampling/sample.ts";
import { shortHash } from "../storage/hashes.ts";
import { type FidCurve, isFidStep } from "../training/fid-curve.ts";
import { measureRealImages } from "./measure-real-images.ts";
import type { PreparedCell } from "./stages/prepare.ts";

export interface MeasuredCurve extends FidCurve {
  dispose(): Promise<void>;
}

/** The real images' statistics, and the extractor, which stays compiled between points. */
interface References {
  readonly extractor: FeatureExtractor & { readonly sha256: string };
  readonly training: Statistics;
  readonly heldOut: Statistics | undefined;
}

/**
 * The curve of a cell; undefined if its recipe does not ask for one. The samples of each point have the same noise and
 * labels, those of the first samples of the final FID, so that points differ by the weights alone.
 */
export function fidOverTraining(cell: PreparedCell): MeasuredCurve | undefined {
  const { task, extractorFile, space, data, adapted, config, values } = cell;
  const { recipe, engine, seed, listener } = task;
  const { training, sampling, metrics } = recipe.settings;
  const { every, everySamples: samples = defaultEverySamples } = metrics;
  if (every === undefined) return undefined;
  const labels = labelsLike(data.labels, samples, seed);
  const { images: _, ...howSampled } = sampling;
  let references: Promise<References> | undefined;
  const { extractor, sha256, resize = "none" } = extractorFile;
  const measuredBy = [extractor.id, sha256, resize];
  return {
    key: shortHash(JSON.stringify([howSampled, samples, measuredBy, data.heldOut?.fingerprint ?? null])),
    isDue: (step) => isFidStep(step, training.steps, every),
    async measure(step, ema) {
      references ??= measureReferences(cell);
      const { extractor, ...real } = await references;
      listener.stage?.("fid", `${samples} samples after step ${step} of ${training.steps}`);
      const network = mergedNetwork(adapted, config, values, ema);
      const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
      const { features } = await measureImages(space, extractor, config, x, [], {}); // the stage remains "fid"
      const found = statistics(features, extractor.dimension);
      return {
        step,
        value: frechetDistance(found, real.training),
        samples,
        ...(real.heldOut && { heldOut: frechetDistance(found, real.heldOut) }),
      };
    },
    dispose: async () => (await references)?.extractor.dispose(),
  };
}

async function measureReferences({ task, extractorFile, data }: PreparedCell): Promise<References> {
  const { engine, out, listener } = task;
  listener.stage?.("features", "of the real images, for the FID over training");
  const extractor = await compileRecipeExtractor(engine, extractorFile, data.size);
  const context = { engine: engine.name, out, listener };
  const { heldOut } = data;
  const isEnough = heldOut !== undefined && heldOut.labels.length >= fewestImages;
  return {
    extractor,
    training: statistics(await measureRealImages(data, extractor, context), extractor.dimension),
    heldOut: isEnough
      ? statistics(await measureRealImages({ ...data, ...heldOut }, extractor, context), extractor.dimension)
      : undefined,
  };
}
