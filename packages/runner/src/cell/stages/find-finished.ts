// Finds a finished run of the cell. This is done twice: before the cell's lock is taken, and by the process that holds
// the lock, because another process may have run the cell meanwhile.

import { existsSync } from "node:fs";
import { removeLeftovers } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { removeKeptSamples } from "../../sampling/kept-samples.ts";
import { makeFolder } from "../../storage/make-folder.ts";
import { moveFolderAside } from "../../storage/move-folder-aside.ts";
import { removeCheckpoint } from "../../training/checkpoint.ts";
import { findRun } from "../find-run.ts";
import { remakeImages } from "../remake-images.ts";
import { imagesOf, type RunOutcome } from "../run-task.ts";
import { finishWithTuning, hasOtherTuning } from "../update-tuning.ts";
import type { PreparedCell } from "./prepare.ts";

/**
 * The outcome of a finished run without missing or damaged files, whose record has the task's tuning; else undefined.
 * Makes the cell's folder.
 */
export async function findFinished({ task, files, expected }: PreparedCell): Promise<RunOutcome | undefined> {
  makeFolder(files.folder);
  const { record, problem, images } = await findRun(files, expected, imagesOf(task));
  if (!record || problem !== undefined || images.length > 0) return undefined;
  if ([files.checkpointPath, files.samplesPath].some((path) => existsSync(path))) return undefined; // to be removed
  if (hasOtherTuning(task, record)) return undefined;
  return { record, already: true, remade: [], ...files };
}

/** A finished run whose weights are missing or damaged. */
export interface DamagedRun {
  readonly record: RunRecord;
  /** Names of its images that are missing or damaged. */
  readonly images: readonly string[];
}

/**
 * Prepares the cell's folder for the process that holds the lock: removes temporary files, and moves aside folders that
 * have the names of the cell's files. Returns the outcome of a finished run, whose missing images it makes again; or a
 * damaged run; or neither.
 */
export async function clearUnfinished(
  cell: PreparedCell,
): Promise<{ readonly outcome?: RunOutcome; readonly damaged?: DamagedRun }> {
  const { task, files, expected } = cell;
  removeLeftovers(files.folder, 0);
  const { record, problem, images } = await findRun(files, expected, imagesOf(task));
  if (problem !== undefined)
    task.listener.note?.(`${problem}: ${record ? "the weights are made again" : "the cell is run again"}`);
  for (const path of [files.recordPath, files.weightsPath, files.sheetPath, files.stepsPath, files.checkpointPath])
    moveFolderAside(path, task.listener);
  if (!record) return {};
  if (problem !== undefined) return { damaged: { record, images } };
  // Left by a process that was killed after it wrote the record:
  removeCheckpoint(files.checkpointPath);
  removeKeptSamples(files.samplesPath);
  await remakeImages(cell, record, images);
  return { outcome: await finishWithTuning(task, files, record, images) };
}
