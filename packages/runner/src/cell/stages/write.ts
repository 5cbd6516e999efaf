// The stages that write: the trained weights, then the images and the record. The record is written last: it marks a
// run as finished.

import { replaceFile } from "@dit-bench/files";
import { writeRecord } from "@dit-bench/record";
import type { NotFiniteSamples } from "../../errors.ts";
import { removeKeptSamples } from "../../sampling/kept-samples.ts";
import { dropState, isStateKept, keepState } from "../../training/kept-state.ts";
import { Diverged, type Trained } from "../../training/train.ts";
import { remakeImages } from "../remake-images.ts";
import { recordOf } from "../run-record.ts";
import type { RunOutcome } from "../run-task.ts";
import { makeSheet } from "../sheet.ts";
import { writeStrips } from "../strip.ts";
import { type WrittenWeights, writeTrained } from "../trained-weights.ts";
import { finishWithTuning } from "../update-tuning.ts";
import type { DamagedRun } from "./find-finished.ts";
import type { PreparedCell } from "./prepare.ts";
import type { ScoredSamples } from "./sample-and-score.ts";

/** Writes the trained weights, and keeps the training state if the task asks for that. */
export function writeWeights(cell: PreparedCell, trained: Trained): WrittenWeights {
  const { task, files, data, adapted, expected } = cell;
  const about = { recipe: task.recipe, dataset: data.name, seed: task.seed, identity: expected.identity };
  const weights = writeTrained(files.weightsPath, adapted, trained, about);
  if (isKept(cell)) keepState(files.checkpointPath, files.statePath, task.listener);
  return weights;
}

/** Writes the sheet, the strips, further images and the record of a run. */
export async function writeResults(
  cell: PreparedCell,
  trained: Trained,
  weights: WrittenWeights,
  { metrics, sheet }: ScoredSamples,
): Promise<RunOutcome> {
  const { task, files } = cell;
  const record = recordOf(cell, trained, { metrics, weights });
  await replaceFile(files.sheetPath, await makeSheet(record, sheet));
  await writeStrips(files.recordPath, sheet, record.data);
  await task.illustrate?.(record, files.folder);
  await writeRecord(files.recordPath, record);
  removeUnfinished(cell);
  return { record, already: false, remade: [], ...files };
}

/**
 * Writes the record of a run whose samples are not finite, and returns the error. The weights stay, and so does the
 * training state if the task keeps it: both are finite, and other settings of sampling may suit them.
 */
export async function recordDivergence(
  cell: PreparedCell,
  trained: Trained,
  weights: WrittenWeights,
  { problem }: NotFiniteSamples,
): Promise<Diverged> {
  await writeRecord(cell.files.recordPath, recordOf(cell, trained, { metrics: null, weights }));
  removeUnfinished(cell);
  return new Diverged(`the samples of the trained model are not finite (${problem})`, trained);
}

/** Completes a finished run whose weights were trained again with the same result: makes its missing images again. */
export async function restoreRun(cell: PreparedCell, { record, images }: DamagedRun): Promise<RunOutcome> {
  await remakeImages(cell, record, images);
  const outcome = await finishWithTuning(cell.task, cell.files, record, ["weights.safetensors", ...images]);
  removeUnfinished(cell);
  return outcome;
}

const isKept = ({ adapted, task }: PreparedCell): boolean => isStateKept(adapted.parameters, task.keepState);

/** Removes what only an unfinished run needs: the samples, and the training state unless the task keeps it. */
function removeUnfinished(cell: PreparedCell): void {
  removeKeptSamples(cell.files.samplesPath);
  if (!isKept(cell)) dropState(cell.files.checkpointPath, cell.adapted.parameters, cell.task.listener);
}
