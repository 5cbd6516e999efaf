// A recipe in a folder of somebody else, with settings changed by --set.

import { BenchError } from "../../../packages/runner/dist/errors.js";
import { atPrecision, loadRecipe } from "../../../packages/runner/dist/recipe/recipe.js";
import { mutateJson } from "../mutate-json.mjs";
import { readSeeds, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** @type {Target} */
export const target = {
  name: "recipes",
  errors: [BenchError],
  seeds: () =>
    readSeeds([
      "benchmarks/mini/recipe.json",
      "benchmarks/paper/recipe.json",
      "benchmarks/high-resolution/mini/recipe.json",
    ]),
  edit: (seed, numbers) => Buffer.from(mutateJson(seed.toString(), numbers)),
  read(input, folder) {
    writeInput(folder, "recipe.json", input);
    const { grid } = atPrecision(loadRecipe(folder, { "training.steps": 50 }), "openvino+bfloat16");
    for (const { name } of grid.variants) loadRecipe(folder, {}, name);
  },
};
