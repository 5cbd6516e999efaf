// The field `tuning` of a finished run's record: which sweep chose its learning rate or option. It decides no number:
// a run that was finished without the sweep, or with an earlier one, is the run of the sweep's choice.

import { isDeepStrictEqual } from "node:util";
import { type RunRecord, writeRecord } from "@dit-bench/record";
import type { CellFiles } from "./find-run.ts";
import type { RunTask } from "./run-task.ts";

type Task = Pick<RunTask, "tuning" | "listener">;

/**
 * Whether the task has another tuning than the record. A task without one leaves the record as it is: the sweep did
 * choose this run's value.
 */
export const hasOtherTuning = ({ tuning }: Task, record: RunRecord): boolean =>
  tuning !== undefined && !isDeepStrictEqual(tuning, record.tuning);

/** The record with the task's tuning; writes it if it differs. Only the holder of the cell's lock may call this. */
export async function updateTuning(task: Task, { recordPath }: CellFiles, record: RunRecord): Promise<RunRecord> {
  const { tuning, listener } = task;
  if (tuning === undefined || !hasOtherTuning(task, record)) return record;
  const updated = { ...record, tuning };
  await writeRecord(recordPath, updated);
  const before = record.tuning === undefined ? "" : ", in place of the one of an earlier sweep";
  listener.note?.(`${recordPath}: it now has the tuning of this sweep${before}; its results are unchanged`);
  return updated;
}
