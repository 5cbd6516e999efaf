// What `bench features` and `bench fid` share: their flags, and the extractor that these start.

import { createEngine, type EngineName } from "@dit-bench/compiler";
import { type Resizer, resizers } from "@dit-bench/datasets";
import {
  BenchError,
  type FeatureSet,
  imageFeatures,
  type Listener,
  type LoadedExtractor,
  loadExtractor,
} from "@dit-bench/runner";
import { wholeNumber } from "../settings.ts";

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
  /** Features of a folder; the extractor starts with the first. */
  measure(folder: string): Promise<FeatureSet>;
  dispose(): Promise<void>;
}

export function measuring(options: MeasuringOptions, listener: Listener): Measuring {
  if (!(resizers as readonly string[]).includes(options.resize))
    throw new BenchError("usage", `--resize ${options.resize}: wanted ${resizers.join(", ")}`);
  const resizer = options.resize as Resizer;
  const threads = options.threads ? { threads: wholeNumber("threads", options.threads, 1) } : {};
  let extractor: LoadedExtractor | undefined;
  return {
    async measure(folder) {
      extractor ??= await loadExtractor(options, await createEngine(options.engine as EngineName, threads));
      return imageFeatures({ folder, extractor, resizer, strict: options.strict ?? false, listener });
    },
    dispose: async () => extractor?.dispose(),
  };
}
