// Features of all images of a folder. Only one batch of images is in memory at a time.
//
// N = images, S = side, D = feature dimension

import { listAllImages } from "@dit-bench/datasets";
import { diskPath } from "@dit-bench/files";
import { decodeImage, decodersAtOnce, extractorInput, type Resizer, readImageFile } from "@dit-bench/images";
import { printable, quantity } from "@dit-bench/text";
import pLimit from "p-limit";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { collectSkipped } from "../skipped-files.ts";
import { allocateFeatures, type FeatureSet } from "./feature-set.ts";
import type { LoadedExtractor } from "./load-extractor.ts";

export interface ImageFeaturesTask {
  readonly folder: string;
  readonly extractor: LoadedExtractor;
  readonly resizer: Resizer;
  /** Stop at the first image that cannot be used, instead of skipping it. */
  readonly strict?: boolean;
  readonly listener?: Listener;
  /** Called before the first image is read, with the number of images and of features per image; it may throw. */
  readonly onCount?: (images: number, dimension: number) => void;
}

/** Computes features [N, D], in byte order of the images' paths. Throws BenchError (data) for fewer than 2 images. */
export async function imageFeatures({
  folder,
  extractor,
  resizer,
  strict = false,
  listener,
  onCount,
}: ImageFeaturesTask): Promise<FeatureSet> {
  const { files, skipped } = listAllImages(folder);
  const { dimension: D, imageSize: S, batch } = extractor;
  onCount?.(files.length, D);
  const leftOut = collectSkipped(folder, strict, listener);
  for (const file of skipped) leftOut.add(file);
  listener?.stage?.(
    "features",
    `${quantity(files.length, "image")} of ${folder}, ${extractor.id}, resized as ${resizer}`,
  );

  const limit = pLimit(decodersAtOnce);
  const load = (file: string) => limit(() => inputOf(diskPath(folder, file), S, resizer));
  const features = allocateFeatures(folder, files.length, D);
  let kept = 0;
  for (let first = 0; first < files.length; first += batch) {
    if (listener?.stopping?.())
      throw new Interrupted(
        `stopped after ${first} of ${files.length} images of ${folder}; the same command starts again`,
      );
    const names = files.slice(first, first + batch);
    const inputs = (await Promise.all(names.map(load))).flatMap((input, i) => {
      if (input instanceof Float32Array) return [input];
      leftOut.add({ file: names[i]!, reason: input.reason });
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
    throw new BenchError(
      "data",
      `${printable(folder)}: ${kept} of ${files.length} images can be used, expected at least 2`,
    );
  return {
    source: folder,
    dimension: D,
    count: kept,
    features: features.slice(0, kept * D),
    leftOut: leftOut.files,
    about: { extractor: extractor.id, weights: extractor.weights, resizer },
  };
}

const inputOf = (path: string | Buffer, size: number, resizer: Resizer): Promise<Float32Array | { reason: string }> =>
  readImageFile(path, async (content) => extractorInput(await decodeImage(content, { asStored: true }), size, resizer));
