// What `bench features` and `bench fid` share: their flags, and the extractor that these start.

import { type Resizer, resizers } from "@dit-bench/images";
import {
  arrayFeatures,
  BenchError,
  type ExtractorChoice,
  type FeatureSet,
  imageFeatures,
  type Listener,
  type LoadedExtractor,
  loadExtractor,
  type SetSource,
  weightsNamed,
} from "@dit-bench/runner";
import { startEngine } from "../settings.ts";

export interface MeasuringOptions {
  extractor: string;
  weights?: string;
  tap?: string;
  resize: string;
  strict?: boolean;
  engine: string;
  threads?: string;
  json?: boolean;
}

export interface Measuring {
  /**
   * Features of a set of images; the extractor starts with the first. `onCount` may refuse so many of them, before any
   * is measured.
   */
  measure(source: SetSource, onCount?: (images: number, dimension: number) => void): Promise<FeatureSet>;
  dispose(): Promise<void>;
}

export function measuring(options: MeasuringOptions, listener: Listener): Measuring {
  if (!(resizers as readonly string[]).includes(options.resize))
    throw new BenchError("usage", `--resize ${options.resize}: wanted ${resizers.join(", ")}`);
  const resizer = options.resize as Resizer;
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
        strict: options.strict ?? false,
        listener,
        ...(onCount ? { onCount } : {}),
      });
    },
    dispose: async () => extractor?.dispose(),
  };
}

function withWeights({ extractor, weights, tap }: MeasuringOptions): ExtractorChoice {
  return {
    extractor,
    ...(weights === undefined ? {} : { weights: weightsNamed(weights) }),
    ...(tap === undefined ? {} : { tap }),
  };
}
