// The input and the result of a run.

import type { Engine } from "@dit-bench/compiler";
import type { RunRecord, Tuning } from "@dit-bench/record";
import type { Listener } from "../events.ts";
import type { LoadedMethod } from "../methods/loaded-method.ts";
import type { DatasetChoice } from "../recipe/dataset.ts";
import type { Recipe } from "../recipe/recipe.ts";
import type { KeepState } from "../training/kept-state.ts";
import type { CellFiles } from "./find-run.ts";

export interface RunTask {
  readonly recipe: Recipe;
  readonly method: LoadedMethod;
  /** Options of the method that differ from its defaults. */
  readonly options: object;
  /** Default: the published rate times the recipe's factor. */
  readonly learningRate?: number | undefined;
  /** How the learning rate or an option was chosen; only stored in the record, also in that of a finished run. */
  readonly tuning?: Tuning | undefined;
  readonly dataset: DatasetChoice;
  readonly seed: number;
  readonly engine: Engine;
  /** Folder that holds all runs. */
  readonly out: string;
  readonly listener: Listener;
  /** Makes further images in the run's folder, before the record marks the run as finished. */
  illustrate?(record: RunRecord, folder: string): Promise<void>;
  /**
   * Names of the PNG files that `illustrate` makes. Those of a finished run that are missing or damaged are made again.
   */
  readonly illustrations?: readonly string[];
  /** Folder for TensorBoard's event files; each run has a subfolder there. */
  readonly tensorboard?: string | undefined;
  /** When the training state is kept at the end; see kept-state.ts. */
  readonly keepState?: KeepState;
}

export interface RunOutcome extends Pick<CellFiles, "folder" | "recordPath" | "weightsPath" | "sheetPath"> {
  readonly record: RunRecord;
  /** True if the run was finished before. */
  readonly already: boolean;
  /**
   * Names of the files of a finished run that were missing or damaged and were made again, and `record.json` if it got
   * another tuning.
   */
  readonly remade: readonly string[];
}

/** Names of the images in the folder of a finished run. */
export const imagesOf = ({ illustrations = [] }: Pick<RunTask, "illustrations">): string[] => [
  "sheet.png",
  ...illustrations,
];
