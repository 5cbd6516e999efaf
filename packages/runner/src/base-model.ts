// The base model under a new label space, and the floor of every comparison: the base itself, sampled with its null class.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { CLASS_EMBEDDING, type DitConfig, ditModel, newClassEmbedding } from "@dit-bench/dit";
import { CorruptFileError, float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { protocolFolder } from "./cell.ts";
import type { Listener } from "./events.ts";
import type { FeatureExtractor } from "./features.ts";
import type { PictureSpace } from "./latents/space.ts";
import { type Recipe, shortHash } from "./recipe.ts";
import { sample } from "./sample.ts";
import { readWeights, type WeightFile } from "./weight-file.ts";

/** The recipe's base model as it was pretrained. */
export function readBase({ settings, folder }: Recipe): WeightFile {
  const remedy = `make it with 'bench pretrain --recipe ${settings.name} --part base'`;
  return readWeights(join(folder, settings.base), ditModel(settings.model).weights, remedy);
}

/** Configuration and starting weights for a label space of `classes` classes. */
export function forClasses(
  recipe: Recipe,
  base: WeightFile,
  classes: number,
  seed: number,
): { config: DitConfig; values: Readonly<Record<string, Float32Array>> } {
  const { model } = recipe.settings;
  const embedding = newClassEmbedding(base.values[CLASS_EMBEDDING]!, model, classes, seed);
  return { config: { ...model, classes }, values: { ...base.values, [CLASS_EMBEDDING]: embedding } };
}

export interface BaseSamples {
  /** RGB, [N, S, S, 3]. */
  readonly pixels: Uint8Array;
  /** [N, D] */
  readonly features: Float32Array;
}

interface SamplingPlace {
  readonly engine: Engine;
  readonly out: string;
  readonly seed: number;
  readonly listener: Listener;
  readonly space: PictureSpace;
}

/** Samples of the unadapted base model and their features: made once for a recipe and a seed, kept for all cells. */
export async function baseSamples(
  recipe: Recipe,
  base: WeightFile,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, seed, listener, space }: SamplingPlace,
): Promise<BaseSamples> {
  const { sampling, model } = recipe.settings;
  const made = space.autoencoder === undefined ? [] : [recipe.settings.autoencoder, space.autoencoder];
  const identity = shortHash(JSON.stringify([sampling, base.sha256, extractor.sha256, seed, ...made]));
  const folder = join(protocolFolder(out, recipe), "base");
  const path = join(folder, `samples-seed-${seed}-${identity}.safetensors`);
  const kept = readKept(path, listener);
  if (kept) return kept;

  listener.stage?.("sample base", `${sampling.images} images of the null class, once for all cells`);
  const network = { config: model, infos: ditModel(model).weights, values: base.values };
  const labels = new Int32Array(sampling.images).fill(model.classes);
  const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
  const pixels = await space.pixels(x);
  const features = await extractor.features(pixels);
  mkdirSync(folder, { recursive: true });
  const S = space.side;
  writeSafetensors(path, [
    ["pixels", { type: "U8", shape: [sampling.images, S, S, 3], data: pixels }],
    ["features", { type: "F32", shape: [sampling.images, extractor.dimension], data: features }],
  ]);
  return { pixels, features };
}

function readKept(path: string, listener: Listener): BaseSamples | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { tensors } = readSafetensors(path);
    return { pixels: tensors.get("pixels")!.data as Uint8Array, features: float32(tensors.get("features")!) };
  } catch (error) {
    if (!(error instanceof CorruptFileError)) throw error;
    listener.note?.(`the base model's samples are made again: ${error.message}`);
    return undefined;
  }
}
