// Features of all images of a folder, a batch at a time: pictures of any size and number never lie in memory together.
//
// N = images, S = side, D = feature dimension

import { join } from "node:path";
import {
  decodeImage,
  decodersAtOnce,
  diskPath,
  extractorInput,
  fromImageFile,
  listPictures,
  type Resizer,
} from "@dit-bench/datasets";
import pLimit from "p-limit";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { FeatureSet } from "./feature-set.ts";
import type { LoadedExtractor } from "./load-extractor.ts";

export interface ImageFeaturesTask {
  readonly folder: string;
  readonly extractor: LoadedExtractor;
  readonly resizer: Resizer;
  /** Stop at the first image that cannot be used, instead of leaving it out. */
  readonly strict?: boolean;
  readonly listener?: Listener;
  /** Told how many images there are, and how many features each will have, before the first is read; it may refuse them. */
  readonly onCount?: (images: number, dimension: number) => void;
}

/** Features in byte order of the images' paths. */
export async function imageFeatures({
  folder,
  extractor,
  resizer,
  strict = false,
  listener,
  onCount,
}: ImageFeaturesTask): Promise<FeatureSet> {
  const { files, skipped } = listPictures(folder);
  const { dimension: D, imageSize: S, batch } = extractor;
  onCount?.(files.length, D);
  const unusable = (file: string, reason: string) => {
    const what = `${join(folder, file)}: ${reason}`;
    if (strict) throw new BenchError("data", `${what}; repair or remove it, or leave --strict away to pass over it`);
    listener?.note?.(`left out ${what}`);
  };
  for (const { file, reason } of skipped) unusable(file, reason);
  listener?.stage?.("features", `${files.length} images of ${folder}, ${extractor.id}, resized as ${resizer}`);

  const limit = pLimit(decodersAtOnce);
  const load = (file: string) => limit(() => inputOf(diskPath(folder, file), S, resizer));
  const features = new Float32Array(files.length * D);
  let kept = 0;
  for (let first = 0; first < files.length; first += batch) {
    if (listener?.stopping?.())
      throw new Interrupted(
        `stopped after ${first} of ${files.length} images of ${folder}; the same command starts anew`,
      );
    const names = files.slice(first, first + batch);
    const inputs = (await Promise.all(names.map(load))).flatMap((input, i) => {
      if (input instanceof Float32Array) return [input];
      unusable(names[i]!, input.reason);
      return [];
    });
    if (inputs.length === 0) continue;
    const x_NSSC = new Float32Array(inputs.length * S * S * 3);
    for (const [i, input] of inputs.entries()) x_NSSC.set(input, i * S * S * 3);
    features.set(await extractor.run(x_NSSC), kept * D);
    kept += inputs.length;
    listener?.progress?.(first + names.length, files.length);
  }
  if (kept < 2)
    throw new BenchError("data", `${folder}: ${kept} of ${files.length} images can be used, wanted at least 2`);
  return {
    source: folder,
    dimension: D,
    count: kept,
    features: features.slice(0, kept * D),
    about: { extractor: extractor.id, weights: extractor.weights, resizer },
  };
}

const inputOf = (path: string | Buffer, size: number, resizer: Resizer): Promise<Float32Array | { reason: string }> =>
  fromImageFile(path, async (content) => extractorInput(await decodeImage(content, { asStored: true }), size, resizer));
