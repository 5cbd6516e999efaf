// Images in one array of bytes [N, H, W, 3]: `arr_0` of the .npz files that sample_ddp.py of DiT, ADM and EDM write, or
// a .npy file of NumPy.
//
// N = images, H, W = height and width, S = side of the extractor's input, D = feature dimension

import { extractorInput, mostPixels, type Resizer, smallestSide } from "@dit-bench/images";
import { quantity } from "@dit-bench/text";
import type { ArrayFile, ArrayInfo } from "@dit-bench/weights";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { allocateFeatures, type FeatureSet } from "./feature-set.ts";
import type { LoadedExtractor } from "./load-extractor.ts";

export interface ImageArray {
  readonly file: ArrayFile;
  /** The array's name in the file. */
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Reads an array's type and shape as those of images.
 *
 * @returns the images' sizes; a text with the reason where the array looks like images that cannot be used; undefined
 *   for other arrays
 */
export function asImageArray({ type, shape }: ArrayInfo): Omit<ImageArray, "file" | "name"> | string | undefined {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  if (shape.length === 3 && type === "U8") {
    if (width <= 4) return `one image: save it as a PNG file in a folder, or an array of several, [N, H, W, 3]`;
    return checkedSize({ count, height, width, channels: 1 });
  }
  if (shape.length !== 4) return undefined;
  const first = [1, 3].includes(height) && ![1, 3].includes(channels);
  if (first) return "images with their channels first: save x.transpose(0, 2, 3, 1) as uint8";
  if (!["F16", "F32", "F64", "U8"].includes(type)) return "images of whole numbers: save x.astype('uint8'), 0 to 255";
  if (type !== "U8")
    return (
      "images of floating-point numbers: save them as uint8, 0 to 255: " +
      "(127.5 * x + 128).clip(0, 255).astype('uint8') for x from -1 to 1, " +
      "(255 * x + 0.5).astype('uint8') for x from 0 to 1"
    );
  if (channels === 4) return "images with transparency: save x[..., :3], or put them on a background";
  if (channels !== 1 && channels !== 3) return `images of ${channels} channels: wanted 3, or 1 of grayscale`;
  return checkedSize({ count, height, width, channels });
}

/** Applies the limits that hold for image files. */
function checkedSize(images: Omit<ImageArray, "file" | "name">): Omit<ImageArray, "file" | "name"> | string {
  const { height, width } = images;
  if (Math.min(height, width) < smallestSide)
    return `images of ${width}×${height} pixels: the shorter side must have at least ${smallestSide}`;
  return height * width > mostPixels
    ? `images of ${width}×${height} pixels: at most ${mostPixels / 1e6} million are allowed`
    : images;
}

export interface ArrayFeaturesTask {
  readonly images: ImageArray;
  readonly extractor: LoadedExtractor;
  readonly resizer: Resizer;
  readonly listener?: Listener;
  /** Called before the first image is read, with the number of images and of features per image; it may throw. */
  readonly onCount?: (images: number, dimension: number) => void;
}

/**
 * Computes features [N, D] in the array's order, equal to those of a folder with the same images as PNG files. Only one
 * batch is in memory at a time. Throws BenchError (data) for fewer than 2 images, Interrupted.
 */
export async function arrayFeatures({
  images,
  extractor,
  resizer,
  listener,
  onCount,
}: ArrayFeaturesTask): Promise<FeatureSet> {
  const { file, name, count: N, height, width, channels } = images;
  const { dimension: D, imageSize: S, batch } = extractor;
  if (N < 2) throw new BenchError("data", `${file.path}: it holds ${quantity(N, "image")}, expected at least 2`);
  onCount?.(N, D);
  listener?.stage?.(
    "features",
    `${N} images of ${width}×${height} pixels in ${file.path}, ${extractor.id}, resized as ${resizer}`,
  );
  const features = allocateFeatures(file.path, N, D);
  const imageBytes = height * width * channels;
  let waiting: Float32Array[] = [];
  let done = 0;
  const measure = async () => {
    const x_NSSC = new Float32Array(waiting.length * S * S * 3);
    for (const [i, input] of waiting.entries()) x_NSSC.set(input, i * S * S * 3);
    features.set(await extractor.run(x_NSSC), done * D);
    done += waiting.length;
    waiting = [];
    listener?.progress?.(done, N);
  };
  const atOnce = Math.max(1, Math.min(batch, Math.floor(mostBytesAtOnce / imageBytes)));
  await file.eachRows(name, atOnce, async ({ data, shape: [count = 0] }) => {
    if (listener?.stopping?.())
      throw new Interrupted(`stopped after ${done} of ${N} images of ${file.path}; the same command starts again`);
    for (let i = 0; i < count; i++) {
      const bytes = (data as Uint8Array).subarray(i * imageBytes, (i + 1) * imageBytes);
      const pixels = channels === 3 ? bytes : grayToRgb(bytes);
      waiting.push(extractorInput({ width, height, pixels }, S, resizer));
      if (waiting.length === batch) await measure();
    }
  });
  if (waiting.length > 0) await measure();
  return {
    source: file.path,
    dimension: D,
    count: N,
    features,
    leftOut: [],
    about: { extractor: extractor.id, weights: extractor.weights, resizer },
  };
}

/** Large images are read in groups of at most this size, smaller than the extractor's batch. */
const mostBytesAtOnce = 64 << 20;

/** Repeats the one channel three times, as for image files of one channel. */
function grayToRgb(gray: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(3 * gray.length);
  for (let i = 0; i < gray.length; i++) pixels.fill(gray[i]!, 3 * i, 3 * i + 3);
  return pixels;
}
