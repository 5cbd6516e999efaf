// A recipe's base model, as it is and with the classes of a dataset.

import { join } from "node:path";
import { CLASS_EMBEDDING, type DitConfig, ditModel, newClassEmbedding, sinCosPositions } from "@dit-bench/dit";
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
  const remedy = `make it with 'bench pretrain --recipe ${settings.name} --part base'`;
  return readWeights(join(folder, settings.base), ditModel(settings.model).weights, remedy);
}

export type Base = Pick<WeightFile, "values" | "sha256">;

/**
 * Reads the recipe's base model from a checkpoint of any layout. Throws BenchError (data) if the checkpoint holds
 * another model than the recipe describes. Positions are interpolated if the recipe has a `baseInputSize`.
 */
export async function loadBase(recipe: Recipe, note?: (text: string) => void): Promise<Base> {
  const { model, baseInputSize = model.inputSize } = recipe.settings;
  const { path, read } = await openBase(recipe, note);
  const values = read();
  const sha256 = sha256Of(path);
  if (baseInputSize === model.inputSize) return { values, sha256 };
  const side = model.inputSize / model.patchSize;
  const positions = Float32Array.from(sinCosPositions(model.width, side, baseInputSize / model.inputSize));
  return { values: { ...values, pos_embed: positions }, sha256 };
}

/** Opens the same checkpoint without reading its numbers. Throws BenchError (data) if it holds another model. */
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
