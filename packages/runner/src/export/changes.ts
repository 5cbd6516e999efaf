// The settings of a run that differ from those of its recipe, as `--set` takes them.

import type { RecipeSettings } from "../recipe/recipe.ts";

/** Parts of a recipe that `--set` does not change, or that decide no result of a run. */
const others: ReadonlySet<string> = new Set(["name", "protocol", "title", "about", "miniature", "pretraining"]);

/**
 * Pairs of a path and the run's value.
 *
 * @param ofVariant paths that the run's variant of the recipe sets
 */
export function changesOf(
  settings: RecipeSettings,
  recipe: RecipeSettings,
  ofVariant: readonly string[] = [],
): [path: string, value: unknown][] {
  const usual = new Map(leavesOf(recipe));
  return leavesOf(settings)
    .filter(([path, value]) => !ofVariant.includes(path) && JSON.stringify(usual.get(path)) !== JSON.stringify(value))
    .map(([path, value]) => [path.includes(".") ? path : `recipe.${path}`, value]);
}

/** The settings by dotted path, the top-level `base` as one value. */
function leavesOf(settings: RecipeSettings): [path: string, value: unknown][] {
  return Object.entries(settings).flatMap(([key, value]) => {
    if (others.has(key) || value === undefined) return [];
    const isSection = typeof value === "object" && key !== "base";
    return isSection
      ? Object.entries(value).map(([inner, leaf]): [string, unknown] => [`${key}.${inner}`, leaf])
      : [[key, value] as [string, unknown]];
  });
}
