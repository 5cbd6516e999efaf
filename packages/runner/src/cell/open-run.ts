// The model of a finished run, made from its recipe's base model and its own trained weights.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { readRecord } from "@dit-bench/record";
import { readWeights } from "../assets/weight-file.ts";
import { BenchError } from "../errors.ts";
import { loadMethod } from "../methods/methods.ts";
import { forClasses, loadBase } from "../recipe/base-model.ts";
import { loadRecipe, type Recipe, recipeNames } from "../recipe/recipe.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import type { Network } from "../sampling/sample.ts";

export interface OpenedRun {
  /** The recipe with the settings of the run, which may differ from those that recipe.json has now. */
  readonly recipe: Recipe;
  readonly network: Network;
  /** Class names, in label order. */
  readonly classes: readonly string[];
  /** Title of the run, such as "DiffFit on Oxford Flowers-102". */
  readonly title: string;
  /** Notes about the model for the user. */
  readonly notes: readonly string[];
}

/**
 * Throws BenchError if the run did not finish, or if its base model or its weights have changed since.
 *
 * @param folder a run's folder, with record.json and weights.safetensors
 * @param recipe the folder of the recipe, if it does not come with the project
 */
export async function openRun(
  folder: string,
  { recipe: place, plugins = [] }: { readonly recipe?: string; readonly plugins?: readonly string[] } = {},
): Promise<OpenedRun> {
  const path = join(folder, "record.json");
  if (!existsSync(path))
    throw new BenchError(
      "data",
      `${folder}: it has no record.json; wanted the folder of a finished run: bench list runs`,
    );
  if (statSync(path).isDirectory())
    throw new BenchError("data", `${path} is a folder, not a record; run its cell again, which moves it aside`);
  const record = await readRecord(path);
  if (place === undefined && !recipeNames().includes(record.recipe))
    throw new BenchError(
      "usage",
      `${folder}: its recipe '${record.recipe}' does not come with the project; give its folder with --recipe`,
    );
  const recipe: Recipe = { ...loadRecipe(place ?? record.recipe), settings: record.settings as Recipe["settings"] };
  const { method, code } = await loadMethod(record.cell.method, plugins);
  const trainedWith = /SHA-256 ([0-9a-f]{16})$/.exec(record.cell.methodSource)?.[1];
  const edited = trainedWith !== undefined && code !== undefined && !code.startsWith(trainedWith);
  const base = await loadBase(recipe, record.cell.seed);
  if (base.sha256 !== record.weights.base)
    throw new BenchError(
      "data",
      `${folder}: it was trained from a base model of SHA-256 ${record.weights.base}, the recipe's is ${base.sha256}`,
    );
  const { config, values } = forClasses(recipe, base, record.data.classes.length, record.cell.seed);
  const adapted = attach(method, ditModel(config), record.cell.options);
  if (record.weights.trained === null)
    throw new BenchError(
      "data",
      `${folder}: this run diverged and left no weights; delete the folder and run it with other settings`,
    );
  const file = join(folder, "weights.safetensors");
  const advice = "run its cell again: 'bench run' with the same options makes the weights again";
  const trained = readWeights(file, adapted.trainable, advice);
  if (trained.sha256 !== record.weights.trained)
    throw new BenchError(
      "data",
      `${file}: its SHA-256 is ${trained.sha256}, but the run's record has ${record.weights.trained}: ` +
        `it was changed since; ${advice}`,
    );
  return {
    recipe,
    classes: record.data.classes,
    title: `${record.cell.methodLabel} on ${record.cell.datasetTitle}`,
    notes: edited ? [`${folder}: the plug-in of method ${method.name} was changed since this run was trained`] : [],
    network: mergedNetwork(adapted, config, values, trained.values),
  };
}
