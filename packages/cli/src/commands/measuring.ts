// What `bench features` and `bench fid` share: their flags, and the extractor that these start.

import {
  arrayFeatures,
  type ExtractorChoice,
  type FeatureSet,
  imageFeatures,
  type Listener,
  type LoadedExtractor,
  loadExtractor,
  publishedWeights,
  type SetSource,
  weightsNamed,
} from "@dit-bench/runner";
import { inceptionWeights, type MeasuringOptions } from "../declarations/measuring.ts";
import { startEngine } from "../settings.ts";

export interface Measuring {
  /**
   * Features of a set of images; the extractor starts with the first. `onCount` may refuse so many of them, before any
   * is measured.
   */
  measure(source: SetSource, onCount?: (images: number, dimension: number) => void): Promise<FeatureSet>;
  dispose(): Promise<void>;
}

export function measuring(options: MeasuringOptions, listener: Listener): Measuring {
  const { resize: resizer, strict } = options;
  let extractor: LoadedExtractor | undefined;
  return {
    async measure(source, onCount) {
      if (source.kind === "features") {
        if (source.note) listener.note?.(source.note);
        return source.read();
      }
      extractor ??= await loadExtractor(withWeights(options), await startEngine(options));
      if (source.kind === "images")
        return arrayFeatures({ images: source.images, extractor, resizer, listener, ...(onCount ? { onCount } : {}) });
      return imageFeatures({
        folder: source.path,
        extractor,
        resizer,
        strict,
        listener,
        ...(onCount ? { onCount } : {}),
      });
    },
    dispose: async () => extractor?.dispose(),
  };
}

/** Inception's published file is found by itself where `bench fetch` has brought it. */
function withWeights({ extractor, weights, tap }: MeasuringOptions): ExtractorChoice {
  const path =
    weights === undefined
      ? extractor === "inception"
        ? publishedWeights(inceptionWeights)
        : undefined
      : weightsNamed(weights);
  return { extractor, ...(path === undefined ? {} : { weights: path }), ...(tap === undefined ? {} : { tap }) };
}
