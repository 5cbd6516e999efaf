// The learning rate of a run: the published rate of its method times the factor of the recipe, unless the run has a
// rate of its own.

import { type AnyMethod, labelOf } from "@dit-bench/method";
import type { Recipe, RecipeVariant } from "../recipe/recipe.ts";

/** The rate of a run that sets none: the published one times the recipe's `training.learningRateScale`. */
export const defaultLearningRate = (method: Pick<AnyMethod, "learningRate">, { settings }: Recipe): number =>
  method.learningRate * settings.training.learningRateScale;

/**
 * The rate that a run sets for itself; undefined if it is the default one. A rate that differs from the default by
 * rounding only is the default, so that 0.003 is the published 3e-4 times 10.
 */
export function ownLearningRate(
  method: Pick<AnyMethod, "learningRate">,
  recipe: Recipe,
  rate: number | undefined,
): number | undefined {
  const usual = defaultLearningRate(method, recipe);
  return rate === undefined || Math.abs(rate - usual) <= 1e-12 * usual ? undefined : rate;
}

/** The rate that a run uses. @param rate the one that it sets, if any */
export const usedLearningRate = (
  method: Pick<AnyMethod, "learningRate">,
  recipe: Recipe,
  rate: number | undefined,
): number => ownLearningRate(method, recipe, rate) ?? defaultLearningRate(method, recipe);

/** The label of a row, with the rate of its own runs: `LoRA-R8 (rate 0.002)`, `DiffFit (norm=false, rate 1e-7)`. */
export const labelWithRate = (label: string, ownRate: number | undefined): string =>
  ownRate === undefined ? label : labelWithRemark(label, `rate ${ownRate}`);

/** The label with a remark in its parentheses. */
export function labelWithRemark(label: string, remark: string): string {
  const hasRemarks = label.includes(" (") && label.endsWith(")");
  return hasRemarks ? `${label.slice(0, -1)}, ${remark})` : `${label} (${remark})`;
}

/** The label of the row of a run: its method with options, its own rate, and the variant of its recipe. */
export function rowLabel(
  method: AnyMethod,
  options: object,
  ownRate: number | undefined,
  variant: RecipeVariant | undefined,
): string {
  const label = labelWithRate(labelOf(method, options), ownRate);
  return variant === undefined ? label : labelWithRemark(label, variant.title);
}
