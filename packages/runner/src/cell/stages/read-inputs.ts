// The first stage: checks the task, the files and the folders, then reads the weights and the images.

import { type ImageSpace, openSpace } from "../../latents/space.ts";
import { checkFit } from "../../methods/check-fit.ts";
import { requireFiles } from "../../plan/needed-files.ts";
import { type Base, loadBase } from "../../recipe/base-model.ts";
import { type Dataset, loadDataset } from "../../recipe/dataset.ts";
import { type RecipeExtractor, readRecipeExtractor } from "../../recipe/recipe-extractor.ts";
import { checkOutputFolder } from "../../storage/make-folder.ts";
import { checkApart } from "../data-checks.ts";
import type { RunTask } from "../run-task.ts";
import type { Stopwatch } from "../stopwatch.ts";

export interface RunStart {
  readonly startedAt: Date;
  /** Laps: data, latents, base, sample, features, score. */
  readonly clock: Stopwatch;
}

export interface RunInputs extends RunStart {
  readonly task: RunTask;
  readonly extractorFile: RecipeExtractor;
  readonly base: Base;
  readonly space: ImageSpace;
  /** To be closed by the caller: large sets of images are read from an open file. */
  readonly data: Dataset;
}

/** Throws BenchError for the first thing that is wrong; a wrong option is reported before any file is read. */
export async function readInputs(task: RunTask, start: RunStart): Promise<RunInputs> {
  const { recipe, dataset: choice, engine, seed, out, listener } = task;
  checkFit(recipe, task.method.method, task.options);
  checkApart(out, choice);
  checkOutputFolder(out, "--out", { write: false });
  await requireFiles(recipe, choice);
  const extractorFile = await readRecipeExtractor(recipe);
  const base = await loadBase(recipe, seed, (text) => listener.note?.(text));
  listener.stage?.("data", choice.folder ?? (recipe.settings.miniature ? `miniature of ${choice.name}` : choice.name));
  const space = await openSpace(recipe, { engine, out, listener });
  const data = await loadDataset(choice, recipe, space.side, out, listener);
  start.clock.lap("data");
  return { ...start, task, extractorFile, base, space, data };
}
