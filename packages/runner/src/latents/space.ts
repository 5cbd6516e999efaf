// The image space in which a recipe's model trains and samples: pixels, or the latents of an autoencoder. Scoring uses
// pixels in both.
//
// N = batch, M = images of the dataset, C = channels of the model, S = its side, Z = latent channels

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { downsampling, type Posterior } from "@dit-bench/autoencoder";
import type { Engine } from "@dit-bench/compiler";
import { normals } from "@dit-bench/random";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { Recipe, RecipeSettings } from "../recipe/recipe.ts";
import { weightsOf } from "../recipe/recipe-weights.ts";
import { moveFolderAside } from "../storage/move-folder-aside.ts";
import { type LabelledImages, pixelBatch, type TrainingImages, toPixels } from "../training/batches.ts";
import { type CacheForm, checkCache, type LatentCache, makeCache, openCache } from "./cache.ts";
import { CODEC_GROUP, type OnTile, openCodec } from "./codec.ts";
import { type AutoencoderFile, openAutoencoder } from "./open-autoencoder.ts";
import { imageOf, planeOf } from "./planes.ts";

export interface ImageSpace {
  /** Side of the images in pixels. */
  readonly side: number;
  /** SHA-256 of the autoencoder's weights; undefined in pixel space. */
  readonly autoencoder?: string;
  /** The training set in this space. Call `close` after training. */
  training(data: SpaceData): Promise<TrainingImages & { close(): void }>;
  /** Converts samples of the model [N, C, S, S] to RGB bytes [N, side, side, 3]. */
  pixels(x: Float32Array): Promise<Uint8Array>;
}

export interface SpaceData extends LabelledImages {
  readonly name: string;
  readonly fingerprint: string;
}

interface SpaceContext {
  readonly engine: Engine;
  /** Folder that holds all runs. */
  readonly out: string;
  readonly listener: Listener;
}

/**
 * Opens the recipe's autoencoder without reading its weights.
 *
 * @throws BenchError (usage) if its latents have other channels than the model
 */
export async function openRecipeAutoencoder(recipe: Recipe): Promise<AutoencoderFile | undefined> {
  const { model, autoencoder, name } = recipe.settings;
  if (!autoencoder) return undefined;
  const file = await openAutoencoder(weightsOf(recipe, "autoencoder"));
  const { latentChannels: Z } = file.config;
  if (model.channels !== Z)
    throw new BenchError(
      "usage",
      `recipe ${name}: its model has ${model.channels} channels, the latents of ${file.path} have ${Z}`,
    );
  return file;
}

export async function openSpace(recipe: Recipe, context: SpaceContext): Promise<ImageSpace> {
  const { model, autoencoder } = recipe.settings;
  const file = await openRecipeAutoencoder(recipe);
  if (!autoencoder || !file)
    return {
      side: model.inputSize,
      training: async (data) => ({
        labels: data.labels,
        x0: (chosen) => pixelBatch(data, chosen),
        close: () => undefined,
      }),
      pixels: async (x) => toPixels(x, model.inputSize),
    };
  for (const note of file.notes) context.listener.note?.(`${file.path}: ${note}`);
  return latentSpace(file, model.inputSize, recipe.settings, autoencoder, context);
}

function latentSpace(
  file: AutoencoderFile,
  S: number,
  { data: { flip } }: Pick<RecipeSettings, "data">,
  { scale, tile }: NonNullable<RecipeSettings["autoencoder"]>,
  { engine, out, listener }: SpaceContext,
): ImageSpace {
  const { latentChannels: Z } = file.config;
  const side = S * downsampling(file.config);
  const numbers = Z * S * S;
  const tiling = tile === undefined ? {} : { tile };
  const onTile =
    (before: number, total: number, group: number): OnTile =>
    (done, tiles) => {
      listener.progress?.(before + Math.floor((done / tiles) * group), total);
      if (listener.stopping?.())
        throw new Interrupted("stopped between latents; run the same command again to continue");
    };

  const encodeAll = async (data: SpaceData, path: string, form: CacheForm) => {
    const M = data.labels.length;
    listener.stage?.("latents", `${M} images${flip ? ", each mirrored too" : ""}, once for all runs, kept in ${path}`);
    const codec = openCodec(file, engine, tiling);
    const pixelsOf = (i: number) => data.pixels.subarray(i * side * side * 3, (i + 1) * side * side * 3);
    const plane = (i: number, mirrored: boolean) =>
      planeOf({ width: side, height: side, pixels: pixelsOf(i) }, mirrored);
    try {
      await makeCache(path, form, CODEC_GROUP, async (indices, done) => {
        const planes = indices.flatMap((i) => (flip ? [plane(i, false), plane(i, true)] : [plane(i, false)]));
        const made = await codec.encode(planes, onTile(done, M, indices.length));
        const each = planes.length / indices.length;
        return indices.map((_, n) => recordOf(made.slice(n * each, (n + 1) * each)));
      });
    } finally {
      await codec.dispose();
    }
  };

  return {
    side,
    autoencoder: file.sha256(),
    async training(data) {
      const about = {
        version: CACHE_VERSION,
        data: data.fingerprint,
        weights: file.sha256(),
        side,
        flip,
        tile: tile ?? null,
        engine: engine.name,
      };
      const form: CacheForm = {
        shape: [data.labels.length, flip ? 2 : 1, 2, Z, S, S],
        metadata: { about: JSON.stringify(about) },
      };
      const key = createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 16);
      const path = join(out, "latents", `${data.name}-${side}-${key}.safetensors`);
      moveFolderAside(path, listener);
      moveFolderAside(`${path}.partial`, listener);
      const problem = checkCache(path, form, (index) => {
        if (index === 0) listener.stage?.("check", `latents in ${path}`);
        listener.progress?.(index, form.shape[0], "images");
        if (listener.stopping?.())
          throw new Interrupted("stopped between latents; run the same command again to continue");
      });
      if (problem !== undefined) listener.note?.(`latents are made again: ${problem}`);
      if (!existsSync(path)) await encodeAll(data, path, form);
      const cache = openCache(path, form)!;
      return { labels: data.labels, x0: latentSampler(cache, numbers, scale), close: cache.close };
    },
    async pixels(x) {
      const N = x.length / numbers;
      const bytes = side * side * 3;
      const pixels = new Uint8Array(N * bytes);
      listener.stage?.("decode", `${N} images`);
      const codec = openCodec(file, engine, tiling);
      try {
        for (let first = 0; first < N; first += CODEC_GROUP) {
          const count = Math.min(CODEC_GROUP, N - first);
          const latents = Array.from({ length: count }, (_, i) => {
            const from = (first + i) * numbers;
            return { data: x.slice(from, from + numbers).map((v) => v / scale), channels: Z, height: S, width: S };
          });
          const made = await codec.decode(latents, onTile(first, N, count));
          for (const [i, image] of made.entries()) pixels.set(imageOf(image).pixels, (first + i) * bytes);
        }
      } finally {
        await codec.dispose();
      }
      return pixels;
    },
  };
}

/** Increase it when the same images and weights would give other values. */
const CACHE_VERSION = 1;

/** The record [F, 2, Z, h, w] of an image: mean and standard deviation, of the image and of its mirror image. */
function recordOf(posteriors: readonly Posterior[]): Float32Array {
  const size = posteriors[0]!.mean.length;
  const record = new Float32Array(2 * size * posteriors.length);
  for (const [f, { mean, logvar }] of posteriors.entries()) {
    record.set(mean, 2 * f * size);
    record.set(
      logvar.map((v) => Math.exp(0.5 * v)),
      (2 * f + 1) * size,
    );
  }
  return record;
}

/** Latents of a step's images, sampled again at each use as in DiT's training. The noise depends on seed and step. */
function latentSampler(cache: LatentCache, numbers: number, scale: number): TrainingImages["x0"] {
  return (chosen, seed, step) => {
    const x0 = normals(seed, "posterior", step, chosen.length * numbers);
    for (const [j, { index, mirrored }] of chosen.entries()) {
      const record = cache.read(index);
      const mean = mirrored ? 2 * numbers : 0;
      for (let i = 0; i < numbers; i++) {
        const at = j * numbers + i;
        x0[at] = (record[mean + i]! + record[mean + numbers + i]! * x0[at]!) * scale;
      }
    }
    return x0;
  };
}
