// Where the weights of a recipe are: its base model, its extractor, its autoencoder.

import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { BenchError } from "./errors.ts";
import { fetched } from "./fetched.ts";
import type { Recipe } from "./recipe.ts";

export type WeightsRole = "base" | "extractor";

/** The file or folder that a recipe names: beside the recipe, else as a path, else by a name that `bench fetch` knows. */
export async function findWeights({ folder }: Pick<Recipe, "folder">, name: string): Promise<string | undefined> {
  return [join(folder, name), resolve(name)].find(existsSync) ?? fetched(name);
}

/** The same, where it must be there; exit code 4 where it is not. */
export async function weightsOf(recipe: Recipe, role: WeightsRole): Promise<string> {
  const { settings } = recipe;
  const name = role === "base" ? settings.base : settings.extractor.weights;
  const path = await findWeights(recipe, name);
  if (path !== undefined) return path;
  const what = role === "base" ? "base model" : "extractor";
  throw new BenchError(
    "data",
    `recipe ${settings.name}: the weights of its ${what}, '${name}', are not here; ${howToGet(recipe, role)}`,
  );
}

/** Which command gets them. */
export function howToGet({ settings }: Pick<Recipe, "settings">, role: WeightsRole): string {
  if (settings.pretraining) return `make them with 'bench pretrain --recipe ${settings.name} --part ${role}'`;
  const name = role === "base" ? settings.base : settings.extractor.weights;
  return `get them with 'bench fetch ${name}', or name a file with --set ${role === "base" ? "recipe.base" : "extractor.weights"}=PATH`;
}

/** SHA-256 of a file; of a folder that of its files' names and bytes, in order, its subfolders' too. */
export function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const folder = statSync(path).isDirectory();
  const files = folder
    ? readdirSync(path, { recursive: true, encoding: "utf8" })
        .sort()
        .filter((name) => statSync(join(path, name)).isFile())
    : [""];
  const buffer = Buffer.alloc(4 << 20);
  for (const name of files) {
    if (folder) hash.update(`${name}\0`);
    const file = openSync(join(path, name), "r");
    try {
      for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) hash.update(buffer.subarray(0, n));
    } finally {
      closeSync(file);
    }
  }
  return hash.digest("hex");
}
