// Checks before a run that a method takes its options and the recipe's model.

import { ditModel } from "@dit-bench/dit";
import { type AnyMethod, attach } from "@dit-bench/method";
import type { Recipe } from "../recipe/recipe.ts";

/**
 * Throws MethodError for an option that the method refuses, by its schema or when it is attached to this model, such as
 * a glob that matches no layer. The number of classes, which a dataset decides, changes the class embedding alone.
 */
export function checkFit({ settings }: Pick<Recipe, "settings">, method: AnyMethod, options: object): void {
  attach(method, ditModel(settings.model), options);
}
