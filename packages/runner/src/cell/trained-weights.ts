// The file of a run's trained weights. It holds no digest of itself: the run's record has its SHA-256.

import { statSync } from "node:fs";
import type { Adapted } from "@dit-bench/method";
import { writeSafetensors } from "@dit-bench/weights";
import type { Recipe } from "../recipe/recipe.ts";
import { sha256Of } from "../storage/hashes.ts";
import type { Trained } from "../training/train.ts";

/** The file of a run's trained weights. */
export interface WrittenWeights {
  readonly sha256: string;
  readonly bytes: number;
}

/** Writes the moving average of the trained weights, from which images are sampled; the metadata says how to use it. */
export function writeTrained(
  path: string,
  adapted: Adapted,
  trained: Trained,
  about: { readonly recipe: Recipe; readonly dataset: string; readonly seed: number; readonly identity: string },
): WrittenWeights {
  const { recipe, dataset, seed, identity } = about;
  const tensors = adapted.trainable.map(
    ({ name, shape }) => [name, { type: "F32" as const, shape, data: trained.ema[name]! }] as const,
  );
  writeSafetensors(path, tensors, {
    identity,
    what: "moving average of the trained weights",
    recipe: recipe.settings.name,
    protocol: recipe.protocol,
    settings: JSON.stringify(recipe.settings),
    method: adapted.method.name,
    options: JSON.stringify(adapted.options),
    dataset,
    seed: String(seed),
  });
  return { sha256: sha256Of(path), bytes: statSync(path).size };
}
