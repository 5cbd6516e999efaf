// A finished run: its record, its recipe's base model and its own trained weights, and the network made from them.

import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type DitConfig, ditModel } from "@dit-bench/dit";
import { type Adapted, attach, type Values } from "@dit-bench/method";
import { type RunRecord, readRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";
import { readWeights } from "../assets/weight-file.ts";
import { BenchError } from "../errors.ts";
import { loadMethod } from "../methods/methods.ts";
import { forClasses, loadBase } from "../recipe/base-model.ts";
import { loadRecipe, type Recipe } from "../recipe/recipe.ts";
import { recipeNames } from "../recipe/recipe-names.ts";
import { mergedNetwork } from "../sampling/merged-network.ts";
import type { Network } from "../sampling/sample.ts";
import { filesOf } from "./find-run.ts";

export interface OpenOptions {
  /** The folder of the recipe, if it does not come with the project. */
  readonly recipe?: string;
  readonly plugins?: readonly string[];
}

/** The record of a run, and the folder with its weights. */
export interface RecordedRun {
  readonly folder: string;
  readonly record: RunRecord;
}

export interface TrainedRun extends RecordedRun {
  /** The recipe with the settings of the run, which may differ from those that recipe.json has now. */
  readonly recipe: Recipe;
  readonly adapted: Adapted;
  /** The model with the classes of the dataset, and its weights before training. */
  readonly config: DitConfig;
  readonly base: Values;
  /** The moving average of the trained weights. */
  readonly trained: Values;
  /** Notes about the model for the user. */
  readonly notes: readonly string[];
}

export interface OpenedRun {
  readonly recipe: Recipe;
  readonly network: Network;
  /** Class names, in label order. */
  readonly classes: readonly string[];
  /** Title of the run, such as "DiffFit on Oxford Flowers-102". */
  readonly title: string;
  /** The folder with the weights. */
  readonly folder: string;
  readonly notes: readonly string[];
}

/**
 * Opens a run to sample from it. Throws BenchError if the run did not finish, or if its base model or its weights have
 * changed since.
 *
 * @param path a run's folder, or its record.json
 */
export async function openRun(path: string, options: OpenOptions = {}): Promise<OpenedRun> {
  const run = await openTrained(await findRecorded(path), options);
  const { record, recipe, adapted, config, base, trained, folder, notes } = run;
  return {
    recipe,
    classes: record.data.classes,
    title: titleOf(record),
    folder,
    notes,
    network: mergedNetwork(adapted, config, base, trained),
  };
}

export const titleOf = ({ cell }: RunRecord): string => `${cell.methodLabel} on ${cell.datasetTitle}`;

/** Reads the record of a run. Throws BenchError (data) if there is none, or RecordError for a damaged one. */
export async function findRecorded(path: string): Promise<RecordedRun> {
  const wanted = "wanted the folder of a finished run, or its record.json: 'bench list runs' shows the runs";
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new BenchError("data", `${printable(path)}: there is no such folder; ${wanted}`);
  const isFile = !status.isDirectory();
  if (isFile && !path.endsWith(".json"))
    throw new BenchError("data", `${printable(path)} is neither a folder nor a record; ${wanted}`);
  const folder = isFile ? dirname(path) : path;
  const recordPath = isFile ? path : filesOf(folder).recordPath;
  if (!existsSync(recordPath)) {
    if (existsSync(filesOf(folder).checkpointPath))
      throw new BenchError(
        "data",
        `${printable(folder)}: this run is not finished; run its cell again: ` +
          "'bench run' with the same options continues it",
      );
    throw new BenchError("data", `${printable(folder)}: it has no record.json; ${wanted}`);
  }
  if (statSync(recordPath).isDirectory())
    throw new BenchError("data", `${recordPath} is a folder, not a record; run its cell again, which moves it aside`);
  return { folder, record: await readRecord(recordPath) };
}

/** Throws BenchError if the run left no weights, or if its base model or its weights have changed since. */
export async function openTrained(
  { folder, record }: RecordedRun,
  { recipe: place, plugins = [] }: OpenOptions = {},
): Promise<TrainedRun> {
  if (record.weights.trained === null)
    throw new BenchError(
      "data",
      `${folder}: this run diverged and left no weights; delete the folder and run it with other settings`,
    );
  const recipe: Recipe = { ...ownRecipe({ folder, record }, place), settings: record.settings as Recipe["settings"] };
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
  const file = filesOf(folder).weightsPath;
  const advice = "run its cell again: 'bench run' with the same options makes the weights again";
  const trained = readWeights(file, adapted.trainable, advice);
  if (trained.sha256 !== record.weights.trained)
    throw new BenchError(
      "data",
      `${file}: its SHA-256 is ${trained.sha256}, but the run's record has ${record.weights.trained}: ` +
        `it was changed since; ${advice}`,
    );
  return {
    folder,
    record,
    recipe,
    adapted,
    config,
    base: values,
    trained: trained.values,
    notes: edited ? [`${folder}: the plug-in of method ${method.name} was changed since this run was trained`] : [],
  };
}

/**
 * The recipe of a run, with the settings that its recipe.json has now. Throws BenchError (usage) if its folder is not
 * known.
 */
export function ownRecipe({ folder, record }: RecordedRun, place?: string): Recipe {
  if (place === undefined && !recipeNames().includes(record.recipe))
    throw new BenchError(
      "usage",
      `${folder}: its recipe '${record.recipe}' does not come with the project; give its folder with --recipe`,
    );
  return loadRecipe(place ?? record.recipe);
}
