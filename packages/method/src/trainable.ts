// Selects the base weights that a method trains, by its globs.

import { MethodError } from "./error.ts";
import { glob } from "./glob.ts";
import type { Model, WeightInfo } from "./model.ts";
import { nearestGlob } from "./nearest-glob.ts";

/** A function that returns whether a base weight trains. @throws MethodError if a glob matches no weight */
export function trainableBy(who: string, train: readonly string[], model: Model): (w: WeightInfo) => boolean {
  const candidates = model.weights.filter((w) => !w.fixed);
  const chosen = train.map(glob);
  for (const [i, pattern] of train.entries())
    if (!candidates.some((w) => chosen[i]!(w.name)))
      throw matchesNothing(
        who,
        "weight",
        pattern,
        candidates.map((w) => w.name),
      );
  return (w) => !w.fixed && (w.name === model.classEmbedding || chosen.some((g) => g(w.name)));
}

export function matchesNothing(who: string, what: string, pattern: string, all: readonly string[]): MethodError {
  const near = nearestGlob(pattern, all);
  const hint =
    near === undefined ? `wanted a glob over paths such as ${all.slice(0, 4).join(", ")}` : `did you mean '${near}'?`;
  return new MethodError(`${who}: no ${what} of the model matches '${pattern}'; ${hint}`);
}
