// Gets the features of image sets, for `bench features` and `bench fid`: it reads them from feature files, or computes
// them from images with the chosen extractor.

import {
  arrayFeatures,
  type ExtractorChoice,
  type FeatureSet,
  imageFeatures,
  type Listener,
  type LoadedExtractor,
  loadExtractor,
  type SetSource,
  weightsNamed,
} from "@dit-bench/runner";
import type { MeasuringOptions } from "../declarations/measuring.ts";
import { startEngine } from "../start-engine.ts";

export interface Measurer {
  /**
   * Returns the features of a set. The extractor is loaded for the first set of images.
   *
   * @param onCount called before the first image is measured; it may throw to refuse the set
   */
  measure(source: SetSource, onCount?: (images: number, dimension: number) => void): Promise<FeatureSet>;
  dispose(): Promise<void>;
}

export function createMeasurer(options: MeasuringOptions, listener: Listener): Measurer {
  const { resize: resizer, strict } = options;
  let extractor: LoadedExtractor | undefined;
  return {
    async measure(source, onCount) {
      if (source.kind === "features") {
        if (source.note) listener.note?.(source.note);
        return source.read();
      }
      extractor ??= await loadExtractor(chooseExtractor(options), await startEngine(options));
      const task = { extractor, resizer, listener, ...(onCount ? { onCount } : {}) };
      return source.kind === "images"
        ? arrayFeatures({ ...task, images: source.images })
        : imageFeatures({ ...task, folder: source.path, strict });
    },
    dispose: async () => extractor?.dispose(),
  };
}

function chooseExtractor({ extractor, weights, tap }: MeasuringOptions): ExtractorChoice {
  return {
    extractor,
    ...(weights === undefined ? {} : { weights: weightsNamed(weights) }),
    ...(tap === undefined ? {} : { tap }),
  };
}
