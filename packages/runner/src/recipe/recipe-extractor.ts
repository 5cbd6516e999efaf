// The extractor that a recipe's FIDs are computed with.

import type { Engine } from "@dit-bench/compiler";
import { compileExtractor, type FeatureExtractor, type Resizing } from "../extractors/compile-extractor.ts";
import type { ReadExtractor } from "../extractors/extractor-entry.ts";
import { extractorOf } from "../extractors/extractors.ts";
import { sha256Of } from "../storage/hashes.ts";
import type { Recipe } from "./recipe.ts";
import { weightsOf } from "./recipe-weights.ts";

/** The extractor of a recipe with its weights, not compiled yet. */
export interface RecipeExtractor extends ReadExtractor {
  readonly batch: number;
  /** SHA-256 of the file of its weights. */
  readonly sha256: string;
  /** The resizing of images to its input; absent if they have its size. */
  readonly resize: Resizing["resize"] | undefined;
}

/** Throws BenchError (data) if its weights are missing or are not those of such an extractor. */
export async function readRecipeExtractor(recipe: Recipe): Promise<RecipeExtractor> {
  const { extractor: section, name } = recipe.settings;
  const entry = extractorOf(section);
  const weights = weightsOf(recipe, "extractor");
  const remedy = `make it with 'bench pretrain --recipe ${name} --part extractor'`;
  return {
    ...(await entry.read({ weights, section, tap: undefined, remedy })),
    batch: entry.batch,
    sha256: sha256Of(weights),
    resize: "resize" in section ? section.resize : undefined,
  };
}

/** @param imageSide side of the images it will be given, in pixels */
export async function compileRecipeExtractor(
  engine: Engine,
  { extractor, values, batch, sha256, resize }: RecipeExtractor,
  imageSide: number,
): Promise<FeatureExtractor & { readonly sha256: string }> {
  const resizing = resize && { from: imageSide, resize };
  return { ...(await compileExtractor(engine, extractor, values, batch, resizing)), sha256 };
}
