// The files that a run needs, which of them are here, and which command gets the others.

import { findDataset } from "@dit-bench/datasets";
import { type DatasetChoice, datasetEntries } from "../dataset.ts";
import { BenchError } from "../errors.ts";
import { fetched } from "../fetched.ts";
import type { Recipe } from "../recipe.ts";
import { findWeights, namedWeights } from "../recipe-weights.ts";

export interface NeededFile {
  /** `base model`, `autoencoder`, `extractor`, `dataset`. */
  readonly what: string;
  /** What the recipe and `bench fetch` call it. */
  readonly name: string;
  /** To be fetched; null where nobody has said. */
  readonly bytes: number | null;
  /** Where it is; undefined where it is missing. */
  readonly path?: string;
  /** Which command gets it. */
  readonly remedy: string;
}

export async function neededFiles(recipe: Recipe, choice: DatasetChoice): Promise<NeededFile[]> {
  const { settings } = recipe;
  const files = await Promise.all(
    namedWeights(recipe).map(async ({ what, name, remedy }): Promise<NeededFile> => {
      const path = await findWeights(recipe, name);
      return { what, name, bytes: null, remedy, ...(path ? { path } : {}) };
    }),
  );
  if (settings.miniature || choice.folder !== undefined) return files;
  const { name, downloads } = findDataset(datasetEntries(), choice.name);
  const path = await fetched(name);
  const known = downloads.map(({ bytes }) => bytes).filter((bytes) => bytes !== null);
  const bytes = known.length === downloads.length ? known.reduce((a, b) => a + b, 0) : null;
  const remedy = `get it with 'bench fetch ${name}', or give a folder of images with --data`;
  return [...files, { what: "dataset", name, bytes, remedy, ...(path ? { path } : {}) }];
}

/** Exit code 4 where something is missing, all of it in one message. */
export async function requireFiles(recipe: Recipe, choice: DatasetChoice): Promise<void> {
  const missing = (await neededFiles(recipe, choice)).filter(({ path }) => path === undefined);
  if (missing.length > 0)
    throw new BenchError(
      "data",
      `recipe ${recipe.settings.name}: not here: ${missing.map(({ what, name }) => `${what} '${name}'`).join(", ")}; ${missing.map(({ remedy }) => remedy).join("; ")}`,
    );
}
