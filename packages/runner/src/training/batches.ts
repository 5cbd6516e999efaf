// Training batches. Each depends on seed and step alone, so a resumed run trains on the same batches as an
// uninterrupted one.
//
// N = batch, M = images, C = channels, S = side

import type { Values } from "@dit-bench/compiler";
import { type Schedule, trainingCoefficients } from "@dit-bench/diffusion";
import type { ImageBytes } from "@dit-bench/images";
import { integers, normals, permutation, uniforms } from "@dit-bench/random";

export interface LabelledImages {
  /** RGB, [M, S, S, 3]. */
  readonly pixels: ImageBytes;
  readonly labels: Int32Array;
  readonly size: number;
}

/** A training set in the form that the model generates: pixels or latents. */
export interface TrainingImages {
  readonly labels: Int32Array;
  /** The chosen images in that form, [N, C, S, S]. */
  x0(chosen: readonly Shown[], seed: number, step: number): Float32Array;
}

/** One image of a batch, and whether it is mirrored left to right. */
export interface Shown {
  readonly index: number;
  readonly mirrored: boolean;
}

export interface BatchSettings {
  readonly batch: number;
  readonly seed: number;
  readonly flip: boolean;
  readonly labelDropout: number;
  /** Index of the null class. */
  readonly nullClass: number;
}

/** The images of a step and which of them are mirrored. Each epoch has every image once, in a new random order. */
export function batchIndices(
  images: number,
  { batch, seed, flip }: Pick<BatchSettings, "batch" | "seed" | "flip">,
  step: number,
): Shown[] {
  const orders = new Map<number, Uint32Array>();
  const mirrors = uniforms(seed, "mirror", step, batch);
  return Array.from({ length: batch }, (_, j) => {
    const position = step * batch + j;
    const epoch = Math.floor(position / images);
    let order = orders.get(epoch);
    if (!order) {
      order = permutation(seed, "order", epoch, images);
      orders.set(epoch, order);
    }
    return { index: order[position % images]!, mirrored: flip && mirrors[j]! < 0.5 };
  });
}

/** All inputs of one denoising step, by the names of `batchSignature`. */
export function denoisingBatch(
  images: LabelledImages | TrainingImages,
  schedule: Schedule,
  s: BatchSettings,
  step: number,
): Values {
  const N = s.batch;
  const chosen = batchIndices(images.labels.length, s, step);
  const x0 = "x0" in images ? images.x0(chosen, s.seed, step) : pixelBatch(images, chosen);
  const t = Int32Array.from(integers(s.seed, "timesteps", step, N, schedule.steps));
  const dropped = uniforms(s.seed, "label dropout", step, N);
  const y = Int32Array.from(chosen, ({ index }, j) =>
    dropped[j]! < s.labelDropout ? s.nullClass : images.labels[index]!,
  );
  return noisedBatch(schedule, { x0, noise: normals(s.seed, "noise", step, x0.length), t, y });
}

/** The inputs of `batchSignature`. @param t indices of the schedule's timesteps, [N] */
export function noisedBatch(
  schedule: Schedule,
  { x0, noise, t, y }: { x0: Float32Array; noise: Float32Array; t: Int32Array; y: Int32Array },
): Values {
  const coefficients = trainingCoefficients(schedule, t);
  return {
    x0,
    noise,
    t: Float32Array.from(t, (step) => schedule.timesteps[step]!),
    y,
    ...Object.fromEntries(Object.entries(coefficients).map(([name, v]) => [`q.${name}`, v])),
  };
}

/** [N, 3, S, S] in [-1, 1]. */
export function pixelBatch(images: LabelledImages, chosen: readonly Shown[]): Float32Array {
  const numbers = 3 * images.size ** 2;
  const x0 = new Float32Array(chosen.length * numbers);
  for (const [j, { index, mirrored }] of chosen.entries()) writeImage(images, index, mirrored, x0, j * numbers);
  return x0;
}

/** One image as [3, S, S] in [-1, 1], mirrored left to right if asked. */
function writeImage(
  { pixels: all, size: S }: LabelledImages,
  index: number,
  mirrored: boolean,
  out: Float32Array,
  at: number,
): void {
  const pixels = all.subarray(index * S * S * 3, (index + 1) * S * S * 3);
  for (let y = 0; y < S; y++)
    for (let x = 0; x < S; x++) {
      const source = (y * S + (mirrored ? S - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) out[at + (c * S + y) * S + x] = pixels[source + c]! / 127.5 - 1;
    }
}

/** [N, 3, S, S] in [-1, 1] to RGB bytes [N, S, S, 3]: rounded to the nearest level, clipped. */
export function toPixels(x_NCSS: Float32Array, S: number): Uint8Array {
  const plane = S * S;
  const N = x_NCSS.length / (3 * plane);
  const out = new Uint8Array(x_NCSS.length);
  for (let n = 0; n < N; n++)
    for (let p = 0; p < plane; p++)
      for (let c = 0; c < 3; c++) {
        const v = Math.round((x_NCSS[(n * 3 + c) * plane + p]! + 1) * 127.5);
        out[(n * plane + p) * 3 + c] = Math.min(255, Math.max(0, v));
      }
  return out;
}
