// Encodes the images of a folder to latents.
//
// N = images, Z = latent channels, h, w = sides in latent cells

import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { downsampling, samplePosterior } from "@dit-bench/autoencoder";
import { listAllImages } from "@dit-bench/datasets";
import { describeWrongFile, diskPath, fileKind, nameText } from "@dit-bench/files";
import { centerCrop, decodeImage, processInOrder, type RgbImage, readImageFile } from "@dit-bench/images";
import { normals } from "@dit-bench/random";
import { quantity } from "@dit-bench/text";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { collectSkipped, type SkippedFile } from "../skipped-files.ts";
import { type Codec, groupOf } from "./codec.ts";
import type { LatentFile } from "./latent-file.ts";
import type { AutoencoderFile } from "./open-autoencoder.ts";
import { planeOf } from "./planes.ts";

export interface EncodingTask {
  /** A folder of images, or one image. */
  readonly images: string;
  readonly autoencoder: AutoencoderFile;
  readonly codec: Codec;
  /** Crop to the centre and scale to this side, as in DiT's training. Default: keep the size. */
  readonly size?: number;
  /** Seed for sampling latents from their distributions. Default: the means of the distributions. */
  readonly seed?: number;
  /** Factor that latents are multiplied by. */
  readonly scale: number;
  /** Stop at the first image that cannot be used, instead of skipping it. */
  readonly strict?: boolean;
  readonly listener?: Listener;
}

/**
 * Encodes images in byte order of their paths. The noise of a sample depends on the seed and on the image's index in
 * this order, skipped images included.
 */
export async function encodeImages(
  task: EncodingTask,
): Promise<Required<LatentFile> & { readonly leftOut: readonly SkippedFile[] }> {
  const { images, autoencoder, codec, size, seed, scale, strict = false, listener } = task;
  const factor = downsampling(autoencoder.config);
  if (size !== undefined && size % factor !== 0)
    throw new BenchError("usage", `--size ${size}: wanted a multiple of ${factor}, the pixels of a latent cell`);
  const { folder, files, skipped } = listImageFiles(images);
  const leftOut = collectSkipped(folder, strict, listener);
  for (const file of skipped) leftOut.add(file);
  listener?.stage?.("encode", `${quantity(files.length, "image")} of ${images}`);

  const kept: { file: string; latent: Float32Array }[] = [];
  let first = undefined as { file: string; width: number; height: number } | undefined;
  const groupSize = () => (first ? groupOf(first.width * first.height) : 1); // all images have the size of the first
  for (let begin = 0, end = 0; begin < files.length; begin = end) {
    const usable: { file: string; index: number; image: RgbImage }[] = [];
    while (end < files.length && usable.length < groupSize()) {
      const next = files.slice(end, end + groupSize() - usable.length).map((file, i) => ({ file, index: end + i }));
      await processInOrder(
        next,
        ({ file }) => load(diskPath(folder, file), size),
        ({ file, index }, image) => {
          if ("reason" in image) return leftOut.add({ file, reason: image.reason });
          first ??= { file, width: image.width, height: image.height };
          checkSize(join(folder, file), image, join(folder, first.file), first, factor);
          usable.push({ file, index, image });
        },
      );
      end += next.length;
    }
    const planes = usable.map(({ image }) => planeOf(image));
    const posteriors = await codec.encode(planes, (done, total) => {
      listener?.progress?.(begin + Math.floor((done / total) * (end - begin)), files.length);
      if (listener?.stopping?.())
        throw new Interrupted(`stopped after ${kept.length} of ${files.length} images; the same command starts again`);
    });
    for (const [i, posterior] of posteriors.entries()) {
      const { file, index } = usable[i]!;
      const { mean } = posterior;
      const z = seed === undefined ? mean : samplePosterior(posterior, normals(seed, "posterior", index, mean.length));
      kept.push({ file, latent: z.map((v) => v * scale) });
    }
  }
  if (!first) throw new BenchError("data", `${images}: none of ${files.length} images can be used`);
  const numbers = kept[0]!.latent.length;
  const latents = new Float32Array(kept.length * numbers);
  for (const [i, { latent }] of kept.entries()) latents.set(latent, i * numbers);
  const { latentChannels: Z } = autoencoder.config;
  return {
    shape: [kept.length, Z, first.height / factor, first.width / factor],
    latents,
    scale,
    files: kept.map(({ file }) => file),
    leftOut: leftOut.files,
  };
}

function listImageFiles(path: string) {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (isFile && fileKind(path).group !== "image")
    throw new BenchError(
      "data",
      `${path}: ${describeWrongFile("images", path)}; wanted an image, or a folder of images`,
    );
  return isFile
    ? { folder: dirname(path), files: [nameText(Buffer.from(basename(path)))], skipped: [] }
    : { folder: path, ...listAllImages(path) };
}

const load = (path: string | Buffer, size: number | undefined): Promise<RgbImage | { reason: string }> =>
  readImageFile(path, async (content) => {
    const image = await decodeImage(content);
    return size === undefined ? image : centerCrop(image, size);
  });

function checkSize(
  path: string,
  { width, height }: RgbImage,
  firstPath: string,
  first: { width: number; height: number },
  factor: number,
): void {
  const advice = "crop and scale all to one size with --size";
  if (width % factor !== 0 || height % factor !== 0)
    throw new BenchError("data", `${path} has ${width}x${height} pixels: wanted multiples of ${factor}; ${advice}`);
  if (width !== first.width || height !== first.height)
    throw new BenchError(
      "data",
      `${path} has ${width}x${height} pixels, ${firstPath} has ${first.width}x${first.height}; ${advice}`,
    );
}
