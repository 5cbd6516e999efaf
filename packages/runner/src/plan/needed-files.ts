// The files that a run needs, which of them are on this machine, and which command gets the others.

import { statSync } from "node:fs";
import { findDataset } from "@dit-bench/datasets";
import { datasetEntries } from "../assets/dataset-entries.ts";
import { planFetch } from "../assets/fetch.ts";
import { fetched, isFetchable } from "../assets/fetched.ts";
import { fetchable } from "../assets/locate.ts";
import { BenchError } from "../errors.ts";
import type { DatasetChoice } from "../recipe/dataset.ts";
import type { Recipe } from "../recipe/recipe.ts";
import { findWeights, namedWeights } from "../recipe/recipe-weights.ts";

export interface NeededFile {
  /** `base model`, `autoencoder`, `extractor`, `dataset`. */
  readonly what: string;
  /** The name in the recipe and for `bench fetch`. */
  readonly name: string;
  /** Size of the file, or of the files to fetch; null if it is not published. */
  readonly bytes: number | null;
  /** Undefined if the file is missing. */
  readonly path?: string;
  /** Advice for a missing file. */
  readonly remedy: string;
  /** True if `bench fetch` knows the name. */
  readonly fetchable: boolean;
  /** The setting by which a user names another file. */
  readonly setting?: string;
}

/** The weights that the recipe names, and the dataset if it has to be fetched. */
export async function neededFiles(recipe: Recipe, choice: DatasetChoice): Promise<NeededFile[]> {
  const { settings } = recipe;
  const files = await Promise.all(
    namedWeights(recipe).map(async ({ what, name, remedy, setting }): Promise<NeededFile> => {
      const path = findWeights(recipe, name);
      const known = { bytes: await bytesOf(name, path), fetchable: isFetchable(name) };
      return { what, name, ...known, remedy, setting, ...(path ? { path } : {}) };
    }),
  );
  if (settings.miniature || choice.folder !== undefined) return files;
  const { name } = findDataset(datasetEntries(), choice.name);
  const path = fetched(name);
  const remedy = `get it with 'bench fetch ${name}', or give a folder of images with --data`;
  const dataset = { what: "dataset", name, bytes: await bytesOf(name), remedy, fetchable: true };
  return [...files, { ...dataset, ...(path ? { path } : {}) }];
}

/** The size of an existing file, or of what `bench fetch` would fetch; null if that is not published. */
async function bytesOf(name: string, path?: string): Promise<number | null> {
  if (path !== undefined && statSync(path).isFile()) return statSync(path).size;
  if (!isFetchable(name)) return null;
  const { files } = await planFetch(fetchable(name));
  return files.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0);
}

/** Advice for missing files: one command for all that can be fetched, then the advice for each of the others. */
export function remediesOf(missing: readonly NeededFile[]): string[] {
  const known = missing.filter(({ fetchable }) => fetchable).map(({ name }) => name);
  const others = missing.filter(({ fetchable }) => !fetchable).map(({ remedy }) => remedy);
  const settings = missing.flatMap(({ fetchable, setting }) => (fetchable && setting ? [`--set ${setting}=PATH`] : []));
  const instead = [...settings, ...(known.length > settings.length ? ["a folder of images with --data"] : [])];
  return [
    ...(known.length > 0
      ? [
          `get ${known.length > 1 ? "them" : "it"} with 'bench fetch ${known.join(" ")}', ` +
            `or name your own with ${instead.join(", ")}`,
        ]
      : []),
    ...others,
  ];
}

/** Throws BenchError (data) if files are missing, with all of them in one message. */
export async function requireFiles(recipe: Recipe, choice: DatasetChoice): Promise<void> {
  const missing = (await neededFiles(recipe, choice)).filter(({ path }) => path === undefined);
  if (missing.length > 0)
    throw new BenchError(
      "data",
      `recipe ${recipe.settings.name}: not here: ` +
        `${missing.map(({ what, name }) => `${what} '${name}'`).join(", ")}; ${remediesOf(missing).join("; ")}`,
    );
}
