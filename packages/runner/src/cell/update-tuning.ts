// The field `tuning` of a finished run's record: which sweep chose its learning rate or option. It decides no number:
// a run that was finished without the sweep, or with an earlier one, is the run of the sweep's choice.

import { isDeepStrictEqual } from "node:util";
import { type RunRecord, writeRecord } from "@dit-bench/record";
import type { CellFiles } from "./find-run.ts";
import type { RunOutcome, RunTask } from "./run-task.ts";

type Task = Pick<RunTask, "tuning" | "listener">;

/**
 * Whether the task has another tuning than the record. A task without one leaves the record as it is: the sweep did
 * choose this run's value.
 */
export const hasOtherTuning = ({ tuning }: Task, record: RunRecord): boolean =>
  tuning !== undefined && !isDeepStrictEqual(tuning, record.tuning);

/**
 * The outcome of a finished run whose other files are complete: its record gets the task's tuning if it has another.
 * Only the holder of the cell's lock may call this.
 *
 * @param remade names of the files that were made again before
 */
export async function finishWithTuning(
  task: Task,
  files: CellFiles,
  record: RunRecord,
  remade: readonly string[],
): Promise<RunOutcome> {
  const { tuning, listener } = task;
  if (tuning === undefined || !hasOtherTuning(task, record)) return { record, already: true, remade, ...files };
  const updated = { ...record, tuning };
  await writeRecord(files.recordPath, updated);
  const isOfOtherSweep = record.tuning !== undefined && record.tuning.sweep !== tuning.sweep;
  const before = isOfOtherSweep ? ", in place of the one of an earlier sweep" : "";
  listener.note?.(`${files.recordPath}: it now has the tuning of this sweep${before}; its results are unchanged`);
  return { record: updated, already: true, remade: ["record.json", ...remade], ...files };
}
