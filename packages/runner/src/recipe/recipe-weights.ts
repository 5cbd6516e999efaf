// Finds the weights that a recipe names: base model, extractor, autoencoder.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetched, isFetchable, misplaced, publishedWeights } from "../assets/fetched.ts";
import { BenchError } from "../errors.ts";
import { extractors } from "../extractors/extractors.ts";
import { projectFolder } from "../project-folder.ts";
import type { Recipe } from "./recipe.ts";

/** The uses of weights in a recipe, with the setting that names each. */
const roles = {
  base: { what: "base model", setting: "recipe.base" },
  autoencoder: { what: "autoencoder", setting: "autoencoder.weights" },
  extractor: { what: "extractor", setting: "extractor.weights" },
} as const;
export type WeightsRole = keyof typeof roles;

export interface NamedWeights {
  readonly role: WeightsRole;
  /** `base model`, `autoencoder`, `extractor`. */
  readonly what: string;
  /** The name in the recipe. */
  readonly name: string;
  /** The setting that names them. */
  readonly setting: string;
  /** Advice for missing weights. */
  readonly remedy: string;
}

/** The weights that a recipe names: base model unless it starts at random, autoencoder if there is one, extractor. */
export function namedWeights({ settings }: Pick<Recipe, "settings">): NamedWeights[] {
  const names = {
    base: typeof settings.base === "string" ? settings.base : undefined,
    autoencoder: settings.autoencoder?.weights,
    extractor: settings.extractor.weights,
  };
  return (Object.keys(roles) as WeightsRole[]).flatMap((role) => {
    const name = names[role];
    if (name === undefined) return [];
    const { what, setting } = roles[role];
    const get = isFetchable(name)
      ? `get it with 'bench fetch ${name}', or name a file`
      : `put it beside the recipe, or name another file, or what 'bench fetch' knows,`;
    const remedy =
      role !== "autoencoder" && settings.pretraining?.[role] !== undefined
        ? `make it with 'bench pretrain --recipe ${settings.name} --part ${role}'`
        : `${get} with --set ${setting}=PATH`;
    return [{ role, what, name, setting, remedy }];
  });
}

/**
 * The file or folder of a name in a recipe, for listings. A downloaded file is not verified, and may even have the
 * wrong size.
 */
export const findWeights = (recipe: Pick<Recipe, "folder">, name: string): string | undefined =>
  ownWeights(recipe, name) ?? fetched(name) ?? misplaced(name)?.path;

/** `findWeights`, verified. Throws BenchError (data) if a downloaded file is not the published one. */
export const usableWeights = (recipe: Pick<Recipe, "folder">, name: string): string | undefined =>
  ownWeights(recipe, name) ?? publishedWeights(name);

/**
 * A file beside the recipe, else the name as a path, else the project's file of the extractor of this name. All come
 * before names that `bench fetch` knows.
 */
function ownWeights({ folder }: Pick<Recipe, "folder">, name: string): string | undefined {
  const embedded = extractors.find((entry) => entry.name === name)?.embedded;
  const places = [join(folder, name), resolve(name), ...(embedded ? [join(projectFolder(), embedded)] : [])];
  return places.find(existsSync);
}

/** The verified file of weights for a role. Throws BenchError (data) if it is missing. */
export function weightsOf(recipe: Recipe, role: WeightsRole): string {
  const { name, what, remedy } = namedWeights(recipe).find((weights) => weights.role === role)!;
  const path = usableWeights(recipe, name);
  if (path !== undefined) return path;
  throw new BenchError("data", `recipe ${recipe.settings.name}: ${what} '${name}' is not here; ${remedy}`);
}
