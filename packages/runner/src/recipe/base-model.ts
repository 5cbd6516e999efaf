// A recipe's base model, as it is and with the classes of a dataset.

import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  CLASS_EMBEDDING,
  type DitConfig,
  ditModel,
  type EmbeddingStart,
  initialDit,
  newClassEmbedding,
  positionRules,
} from "@dit-bench/dit";
import type { Values } from "@dit-bench/method";
import { readWeights, type WeightFile } from "../assets/weight-file.ts";
import { BenchError } from "../errors.ts";
import { sha256Of } from "../storage/hashes.ts";
import { openDit } from "./dit-checkpoint.ts";
import type { Recipe } from "./recipe.ts";
import { weightsOf } from "./recipe-weights.ts";

/** Reads the base model of a recipe of miniatures, from the recipe's folder. Throws BenchError (data). */
export function readBase(recipe: Recipe): WeightFile {
  const { settings, folder } = recipe;
  if (typeof settings.base !== "string")
    throw new BenchError("usage", `recipe ${settings.name}: it starts from random weights and has no base model`);
  const remedy = `make it with 'bench pretrain --recipe ${settings.name} --part base'`;
  return readWeights(join(folder, settings.base), ditModel(settings.model).weights, remedy);
}

export type Base = Pick<WeightFile, "values" | "sha256">;

/**
 * The weights that training starts from: the recipe's base model, read from a checkpoint of any layout, or initial
 * weights made from the seed. Throws BenchError (data) if the checkpoint holds another model than the recipe describes.
 * If the recipe has another `baseInputSize`, the positions are those of its rule.
 */
export async function loadBase(recipe: Recipe, seed: number, note?: (text: string) => void): Promise<Base> {
  const { model, base, baseInputSize = model.inputSize, positions = "interpolated" } = recipe.settings;
  const own =
    typeof base === "string"
      ? await readCheckpoint(recipe, note)
      : randomBase({ ...model, inputSize: baseInputSize }, seed, base.random);
  if (baseInputSize === model.inputSize) return own;
  const [side, baseSide] = [model.inputSize, baseInputSize].map((size) => size / model.patchSize) as [number, number];
  const table = Float32Array.from(positionRules[positions](model.width, side, baseSide));
  return { ...own, values: { ...own.values, pos_embed: table } };
}

async function readCheckpoint(recipe: Recipe, note?: (text: string) => void): Promise<Base> {
  const { path, read } = await openBase(recipe, note);
  return { values: read(), sha256: sha256Of(path) };
}

/** Initial weights, with the digest of their numbers in place of a file's. */
function randomBase(config: DitConfig, seed: number, embeddings: EmbeddingStart): Base {
  const values = initialDit(config, seed, embeddings);
  const hash = createHash("sha256");
  for (const [name, data] of Object.entries(values)) hash.update(name).update(data);
  return { values, sha256: hash.digest("hex") };
}

/**
 * Opens the checkpoint of a recipe that names one, without reading its numbers. Throws BenchError (data) if it holds
 * another model.
 */
export async function openBase(
  recipe: Recipe,
  note?: (text: string) => void,
): Promise<{ readonly path: string; read(): Values }> {
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
        `${path}: it is a model of ${key} ${config[key]}, recipe ${recipe.settings.name} wants ${wanted[key]} ` +
          `(${model.name})`,
      );
  if (!nullClass)
    throw new BenchError(
      "data",
      `${path}: its label table has ${config.classes} rows, one for each class and none for the null class, ` +
        "which guidance and the base model's samples need; take a DiT that was trained with class dropout " +
        "(class_dropout_prob above 0)",
    );
  return { path, read };
}

/** Throws BenchError (usage) if the recipe takes the base model's classes only, and a dataset has others. */
export function checkClasses({ settings: { model, data, name } }: Pick<Recipe, "settings">, classes: number): void {
  if (data.labels !== "base" || classes === model.classes) return;
  throw new BenchError(
    "usage",
    `recipe ${name}: it takes datasets with the ${model.classes} classes of the base model, not ${classes}; ` +
      "for classes that are new to it say --set data.labels=new",
  );
}

/** Configuration and starting weights for a label space of `classes` classes. Throws what `checkClasses` throws. */
export function forClasses(
  recipe: Recipe,
  base: Base,
  classes: number,
  seed: number,
): { config: DitConfig; values: Readonly<Record<string, Float32Array>> } {
  const { model, data } = recipe.settings;
  checkClasses(recipe, classes);
  if (data.labels === "base") return { config: model, values: base.values };
  const embedding = newClassEmbedding(base.values[CLASS_EMBEDDING]!, model, classes, seed);
  return { config: { ...model, classes }, values: { ...base.values, [CLASS_EMBEDDING]: embedding } };
}
