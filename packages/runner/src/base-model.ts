// The base model under a new label space, and the floor of every comparison: the base itself, sampled with its null class.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { CLASS_EMBEDDING, type DitConfig, ditModel, newClassEmbedding, sinCosPositions } from "@dit-bench/dit";
import { CorruptFileError, float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { protocolFolder } from "./cell.ts";
import { openDit } from "./dit-checkpoint.ts";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";
import type { FeatureExtractor } from "./features.ts";
import type { PictureSpace } from "./latents/space.ts";
import { measuredPictures } from "./measured-pictures.ts";
import { type Recipe, shortHash } from "./recipe.ts";
import { sha256Of, weightsOf } from "./recipe-weights.ts";
import { sample } from "./sample.ts";
import { baseOnSheet } from "./sheet.ts";
import { readWeights, type WeightFile } from "./weight-file.ts";

/** A miniature recipe's own base model, which lies beside it. */
export function readBase(recipe: Recipe): WeightFile {
  const { settings, folder } = recipe;
  const remedy = `make it with 'bench pretrain --recipe ${settings.name} --part base'`;
  return readWeights(join(folder, settings.base), ditModel(settings.model).weights, remedy);
}

export type Base = Pick<WeightFile, "values" | "sha256">;

/** The recipe's base model, from a checkpoint of any layout that holds just the model the recipe describes. */
export async function loadBase(recipe: Recipe, note?: (text: string) => void): Promise<Base> {
  const { model, baseInputSize = model.inputSize } = recipe.settings;
  const path = weightsOf(recipe, "base");
  const options = { heads: model.heads, inputSize: baseInputSize, classes: model.classes };
  const { config, read, nullClass, notes } = await openDit(path, options);
  for (const text of notes) note?.(`${path}: ${text}`);
  const wanted = { ...model, inputSize: baseInputSize };
  for (const key of [
    "inputSize",
    "patchSize",
    "channels",
    "width",
    "depth",
    "mlpRatio",
    "classes",
    "learnSigma",
  ] as const)
    if (config[key] !== wanted[key])
      throw new BenchError(
        "data",
        `${path}: it is a model of ${key} ${config[key]}, recipe ${recipe.settings.name} wants ${wanted[key]} (${model.name})`,
      );
  if (!nullClass)
    throw new BenchError(
      "data",
      `${path}: its label table has ${config.classes} rows, one for each class and none for the null class, which guidance and the base model's samples need; take a DiT that was trained with class dropout (class_dropout_prob above 0)`,
    );
  const values = read();
  const sha256 = sha256Of(path);
  if (baseInputSize === model.inputSize) return { values, sha256 };
  const side = model.inputSize / model.patchSize;
  const positions = Float32Array.from(sinCosPositions(model.width, side, baseInputSize / model.inputSize));
  return { values: { ...values, pos_embed: positions }, sha256 };
}

/** Configuration and starting weights for a label space of `classes` classes. */
export function forClasses(
  recipe: Recipe,
  base: Base,
  classes: number,
  seed: number,
): { config: DitConfig; values: Readonly<Record<string, Float32Array>> } {
  const { model } = recipe.settings;
  const embedding = newClassEmbedding(base.values[CLASS_EMBEDDING]!, model, classes, seed);
  return { config: { ...model, classes }, values: { ...base.values, [CLASS_EMBEDDING]: embedding } };
}

export interface BaseSamples {
  /** RGB, [at most `baseOnSheet`, S, S, 3]: the first ones, to look at. */
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
  base: Base,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, seed, listener, space }: SamplingPlace,
): Promise<BaseSamples> {
  const { sampling, model } = recipe.settings;
  const made = space.autoencoder === undefined ? [] : [recipe.settings.autoencoder, space.autoencoder];
  const identity = shortHash(JSON.stringify([sampling, base.sha256, extractor.sha256, seed, engine.name, ...made]));
  const folder = join(protocolFolder(out, recipe), "base");
  const path = join(folder, `samples-seed-${seed}-${identity}.safetensors`);
  const kept = readKept(path, listener);
  if (kept) return kept;

  listener.stage?.("sample base", `${sampling.images} images of the null class, once for all cells`);
  const network = { config: model, infos: ditModel(model).weights, values: base.values };
  const labels = new Int32Array(sampling.images).fill(model.classes);
  const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
  const shown = Array.from({ length: Math.min(baseOnSheet, sampling.images) }, (_, i) => i);
  const { pixels, features } = await measuredPictures(space, extractor, model, x, shown, listener);
  mkdirSync(folder, { recursive: true });
  const S = space.side;
  writeSafetensors(path, [
    ["pixels", { type: "U8", shape: [shown.length, S, S, 3], data: pixels }],
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
