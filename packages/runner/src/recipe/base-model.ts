// The base model under a new label space, and its own samples with the null class: the row without fine-tuning of every table.

import { join } from "node:path";
import type { Engine } from "@dit-bench/compiler";
import { CLASS_EMBEDDING, type DitConfig, ditModel, newClassEmbedding, sinCosPositions } from "@dit-bench/dit";
import type { Values } from "@dit-bench/method";
import { float32 } from "@dit-bench/weights";
import { readWeights, type WeightFile } from "../assets/weight-file.ts";
import { protocolFolder } from "../cell/identity.ts";
import { baseOnSheet } from "../cell/sheet.ts";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { FeatureExtractor } from "../extractors/compile-extractor.ts";
import type { PictureSpace } from "../latents/space.ts";
import { measuredPictures } from "../sampling/measured-images.ts";
import { sample } from "../sampling/sample.ts";
import { sha256Of, shortHash } from "../storage/hashes.ts";
import { keptOrMade } from "../storage/shared-result.ts";
import { openDit } from "./dit-checkpoint.ts";
import type { Recipe } from "./recipe.ts";
import { weightsOf } from "./recipe-weights.ts";

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
  const { path, read } = await openBase(recipe, note);
  const values = read();
  const sha256 = sha256Of(path);
  if (baseInputSize === model.inputSize) return { values, sha256 };
  const side = model.inputSize / model.patchSize;
  const positions = Float32Array.from(sinCosPositions(model.width, side, baseInputSize / model.inputSize));
  return { values: { ...values, pos_embed: positions }, sha256 };
}

/** The same, its numbers not read yet. Throws BenchError (data) for another model than the recipe's. */
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
        `${path}: it is a model of ${key} ${config[key]}, recipe ${recipe.settings.name} wants ${wanted[key]} (${model.name})`,
      );
  if (!nullClass)
    throw new BenchError(
      "data",
      `${path}: its label table has ${config.classes} rows, one for each class and none for the null class, which guidance and the base model's samples need; take a DiT that was trained with class dropout (class_dropout_prob above 0)`,
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

/** Samples of the base model without fine-tuning, and their features: made once for a recipe and a seed, kept for all cells. */
export async function baseSamples(
  recipe: Recipe,
  base: Base,
  extractor: FeatureExtractor & { readonly sha256: string },
  { engine, out, seed, listener, space }: SamplingPlace,
): Promise<BaseSamples> {
  const { sampling, model } = recipe.settings;
  const made = space.autoencoder === undefined ? [] : [recipe.settings.autoencoder, space.autoencoder];
  const identity = shortHash(JSON.stringify([sampling, base.sha256, extractor.sha256, seed, engine.name, ...made]));
  const shown = Math.min(baseOnSheet, sampling.images);
  const S = space.side;
  return keptOrMade<BaseSamples>(
    {
      path: join(protocolFolder(out, recipe), "base", `samples-seed-${seed}-${identity}.safetensors`),
      what: "the base model's samples",
      doing: "samples the base model",
      shapes: { pixels: [shown, S, S, 3], features: [sampling.images, extractor.dimension] },
      read: ({ pixels, features }) => ({ pixels: pixels!.data as Uint8Array, features: float32(features!) }),
      async make() {
        listener.stage?.("sample base", `${sampling.images} images of the null class, once for all cells`);
        const network = { config: model, infos: ditModel(model).weights, values: base.values };
        const labels = new Int32Array(sampling.images).fill(model.classes);
        const { x } = await sample({ engine, network, settings: sampling, seed, labels, listener });
        const first = Array.from({ length: shown }, (_, i) => i);
        return measuredPictures(space, extractor, model, x, first, listener);
      },
      tensors: ({ pixels, features }) => ({
        pixels: { type: "U8", shape: [shown, S, S, 3], data: pixels },
        features: { type: "F32", shape: [sampling.images, extractor.dimension], data: features },
      }),
    },
    listener,
  );
}
