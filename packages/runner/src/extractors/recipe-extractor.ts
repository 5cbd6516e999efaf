// The extractor that a recipe's distances are taken by: the project's own small one, or Inception-v3.

import type { Engine } from "@dit-bench/compiler";
import { type Extractor, miniInception } from "@dit-bench/metrics";
import { readWeights } from "../assets/weight-file.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { sha256Of, weightsOf } from "../recipe/recipe-weights.ts";
import { compileExtractor, type FeatureExtractor, type Resizing } from "./features.ts";
import { readInception } from "./load-extractor.ts";

/** Read, not compiled yet. */
export interface RecipeExtractor {
  readonly extractor: Extractor;
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly batch?: number;
  readonly sha256: string;
  /** How pictures come to its size; left out where they are made at it. */
  readonly resize?: Resizing["resize"];
}

export async function readRecipeExtractor(recipe: Recipe): Promise<RecipeExtractor> {
  const { extractor: settings } = recipe.settings;
  const path = weightsOf(recipe, "extractor");
  if ("name" in settings)
    return { ...(await readInception({ weights: path })), sha256: sha256Of(path), resize: settings.resize };
  const extractor = miniInception(settings.classes);
  const wanted = Object.entries(extractor.weights).map(([name, shape]) => ({ name, shape }));
  return {
    extractor,
    ...readWeights(path, wanted, `make it with 'bench pretrain --recipe ${recipe.settings.name} --part extractor'`),
  };
}

/** @param pictureSize side of the pictures it will be given */
export async function compileRecipeExtractor(
  engine: Engine,
  { extractor, values, batch, sha256, resize }: RecipeExtractor,
  pictureSize: number,
): Promise<FeatureExtractor & { readonly sha256: string }> {
  const resizing = resize && { from: pictureSize, resize };
  return { ...(await compileExtractor(engine, extractor, values, batch, resizing)), sha256 };
}
