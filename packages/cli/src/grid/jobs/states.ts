// The state of each cell of a grid on a cluster, from the queue, the results that jobs wrote, and the records that
// these name. A record of a local grid is not looked for: where it would be depends on the method's options, which only
// the run itself reads. The job that finds such a record ends at once.

import { join } from "node:path";
import { RecordError, type RunRecord, readRecord } from "@dit-bench/record";
import { isRecordOf } from "@dit-bench/runner";
import type { PlannedCell } from "./plan.ts";
import { type CellResult, readCellResult } from "./results.ts";

export type StateName = (typeof stateNames)[number];
/** In the order in which counts of them are printed. */
export const stateNames = ["finished", "running", "waiting", "failed", "interrupted", "lost", "not submitted"] as const;

export interface CellStatus {
  readonly cell: PlannedCell;
  readonly state: StateName;
  /** A few words for people: the FID, the job, the error. */
  readonly detail: string;
  /** Of a finished cell. */
  readonly record?: RunRecord;
  /** Of a cell whose job is in the queue. */
  readonly job?: string;
}

/** A job that waits in the queue or runs. */
export interface LiveJob {
  /** As the cluster's commands name it: `123_4`. */
  readonly name: string;
  readonly submission: string;
  /** The number of the job in its plan. */
  readonly index: number;
  readonly isRunning: boolean;
  /** Why it waits, or where it runs. */
  readonly note: string;
}

/** Finds the live job of a cell, if there is one. */
export type JobOf = (cell: PlannedCell) => LiveJob | undefined;

/**
 * The states of cells. System errors pass through: without an answer of the disk nothing is known.
 *
 * @param folder the folder of the runs
 * @param jobOf undefined for a launcher that cannot ask the queue
 */
export const statesOf = (
  folder: string,
  cells: readonly PlannedCell[],
  jobOf: JobOf | undefined,
): Promise<CellStatus[]> =>
  Promise.all(cells.map((cell) => statusOf(folder, cell, jobOf === undefined ? "unknown" : jobOf(cell))));

/** The record of a finished cell; undefined if there is none, or none of this cell that can be read. */
export async function ownRecord(
  folder: string,
  { cell }: PlannedCell,
  result: CellResult | undefined,
): Promise<RunRecord | undefined> {
  if (result?.kind !== "finished") return undefined;
  try {
    const record = await readRecord(join(folder, result.record));
    return isRecordOf(cell, record) ? record : undefined;
  } catch (error) {
    if (error instanceof RecordError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function statusOf(
  folder: string,
  cell: PlannedCell,
  queued: LiveJob | "unknown" | undefined,
): Promise<CellStatus> {
  const result = await readCellResult(folder, cell.key);
  const record = await ownRecord(folder, cell, result);
  if (record) return { cell, state: "finished", detail: `FID ${record.metrics!.fid.toFixed(2)}`, record };
  const job = queued === "unknown" ? undefined : queued;
  if (result?.kind === "finished" && !job)
    return { cell, state: "lost", detail: `its record ${result.record} cannot be read any more` };
  if (job) {
    const shared = { cell, job: job.name };
    if (result?.submission === job.submission) {
      if (result.kind === "failed") return { ...shared, state: "failed", detail: describeFailure(result) };
      if (result.kind === "running" && job.isRunning)
        return { ...shared, state: "running", detail: `job ${job.name} on ${result.host}` };
    }
    return { ...shared, state: "waiting", detail: `job ${job.name}${job.note === "" ? "" : `, ${job.note}`}` };
  }
  if (result === undefined) return { cell, state: "not submitted", detail: "" };
  if (result.kind === "failed") return { cell, state: "failed", detail: describeFailure(result) };
  if (result.kind === "interrupted")
    return { cell, state: "interrupted", detail: `in ${result.stage || "its start"}, on ${result.host}` };
  if (queued === "unknown") return { cell, state: "running", detail: `on ${result.host}, since ${result.at}` };
  return { cell, state: "lost", detail: `its job ended without a result, on ${result.host}` };
}

const describeFailure = ({ exitCode, message }: { exitCode: number; message: string }): string =>
  `exit code ${exitCode}: ${message}`;

/** Counts of the cells by state, such as `12 of 48 finished, 2 running, 34 waiting`. */
export function describeCounts(states: readonly CellStatus[]): string {
  const count = (name: StateName) => states.filter(({ state }) => state === name).length;
  return [
    `${count("finished")} of ${states.length} finished`,
    ...stateNames
      .slice(1)
      .filter((name) => count(name) > 0)
      .map((name) => `${count(name)} ${name}`),
  ].join(", ");
}

/** True if the cell is not known as finished and has no known job that may still finish it. */
export const isToBeSubmitted = ({ state, job }: CellStatus): boolean => state !== "finished" && job === undefined;
