// Where the weights of a recipe are: its base model, its extractor, its autoencoder.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetched, isFetchable, misplaced, publishedWeights } from "../assets/fetched.ts";
import { BenchError } from "../errors.ts";
import type { Recipe } from "./recipe.ts";

/** What a recipe names weights for, and the setting that does. */
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
  /** As the recipe has it. */
  readonly name: string;
  /** The setting that names them. */
  readonly setting: string;
  /** Which command gets them. */
  readonly remedy: string;
}

/** The weights that a recipe names: base model, autoencoder where there is one, extractor. */
export function namedWeights({ settings }: Pick<Recipe, "settings">): NamedWeights[] {
  const named = {
    base: settings.base,
    autoencoder: settings.autoencoder?.weights,
    extractor: settings.extractor.weights,
  };
  return (Object.keys(roles) as WeightsRole[]).flatMap((role) => {
    const name = named[role];
    if (name === undefined) return [];
    const { what, setting } = roles[role];
    const get = isFetchable(name)
      ? `get it with 'bench fetch ${name}', or name a file`
      : `put it beside the recipe, or name another file, or what 'bench fetch' knows,`;
    const remedy =
      settings.pretraining && role !== "autoencoder"
        ? `make it with 'bench pretrain --recipe ${settings.name} --part ${role}'`
        : `${get} with --set ${setting}=PATH`;
    return [{ role, what, name, setting, remedy }];
  });
}

/**
 * The file or folder that a name of a recipe's leads to, for listings: what `bench fetch` would bring is not checked,
 * and may not even have the right size.
 */
export const findWeights = (recipe: Pick<Recipe, "folder">, name: string): string | undefined =>
  ownWeights(recipe, name) ?? fetched(name) ?? misplaced(name)?.path;

/** The same, to be used. Throws BenchError (data) where it should be a published file and is another. */
export const usableWeights = (recipe: Pick<Recipe, "folder">, name: string): string | undefined =>
  ownWeights(recipe, name) ?? publishedWeights(name);

/** Beside the recipe, else as a path. These come before names that `bench fetch` knows. */
const ownWeights = ({ folder }: Pick<Recipe, "folder">, name: string): string | undefined =>
  [join(folder, name), resolve(name)].find(existsSync);

/** What is used for a role, and must be there; exit code 4 where it is not. */
export function weightsOf(recipe: Recipe, role: WeightsRole): string {
  const { name, what, remedy } = namedWeights(recipe).find((named) => named.role === role)!;
  const path = usableWeights(recipe, name);
  if (path !== undefined) return path;
  throw new BenchError("data", `recipe ${recipe.settings.name}: ${what} '${name}' is not here; ${remedy}`);
}
