// Decides how a cell has ended, from its messages, its exit code and its record. Printed text is only shown.

import { type RunRecord, readRecord } from "@dit-bench/record";
import { exitCodes } from "../errors.ts";
import { datasetTitle } from "../recipe/dataset.ts";
import type { GridCell } from "./grid-cell.ts";
import type { CellMessage } from "./messages.ts";
import type { CellEnd } from "./process-starter.ts";

export type CellOutcome =
  | {
      readonly kind: "finished";
      readonly record: RunRecord;
      readonly recordPath: string;
      readonly already: boolean;
      readonly note?: string;
    }
  | { readonly kind: "failed"; readonly exitCode: number; readonly message: string }
  | { readonly kind: "stopped" };

export interface CellEvidence {
  readonly end: CellEnd;
  /** The last message with a result, if there was one. */
  readonly result: Extract<CellMessage, { kind: "finished" | "failed" }> | undefined;
  /** The last error that the cell printed, or its last line on stderr. */
  readonly lastLine: string;
  /** The time limit in minutes, if the cell exceeded it. */
  readonly passedLimit: number | undefined;
  /** True if the cell was asked to stop. */
  readonly stopping: boolean;
}

/** Reads the record that a cell reports; a cell without a readable record of its own has failed. */
export async function judge(cell: GridCell, evidence: CellEvidence): Promise<CellOutcome> {
  const { end, result, lastLine, passedLimit, stopping } = evidence;
  if (result?.kind === "finished") return judgeRecord(cell, result, end);
  if (passedLimit !== undefined)
    return failed(
      exitCodes.failure,
      `passed its time limit of ${passedLimit} min and was ended; run again with a longer --time-limit to resume it`,
    );
  if (stopping) return { kind: "stopped" };
  if (result) return failed(result.exitCode || exitCodes.failure, result.message);
  if (end.error !== undefined) return failed(exitCodes.failure, `could not be started: ${end.error}`);
  if (end.signal) return failed(exitCodes.failure, `ended by ${end.signal}${hints[end.signal] ?? ""}`);
  if (end.code === 0)
    return failed(exitCodes.failure, "ended without a record (exit code 0): does the plug-in call process.exit?");
  return failed(end.code ?? exitCodes.failure, lastLine || `ended without a record (exit code ${end.code})`);
}

async function judgeRecord(
  cell: GridCell,
  { recordPath, already }: { recordPath: string; already: boolean },
  end: CellEnd,
): Promise<CellOutcome> {
  let record: RunRecord;
  try {
    record = await readRecord(recordPath);
  } catch (error) {
    return failed(exitCodes.data, `its record cannot be read: ${(error as Error).message}`);
  }
  if (!isRecordOf(cell, record)) return failed(exitCodes.data, `${recordPath} is not the record of this cell`);
  const how = end.signal ? `by ${end.signal}` : `with exit code ${end.code}`;
  return {
    kind: "finished",
    record,
    recordPath,
    already,
    ...(end.code === 0 ? {} : { note: `ended ${how} after its record was written` }),
  };
}

/** True if the record is that of a finished run of the cell. */
export const isRecordOf = (cell: GridCell, record: RunRecord): boolean =>
  record.exit === "finished" && isRunOf(cell, record);

/** True if the record is that of a run of the cell, finished or diverged. */
export const isRunOf = ({ method, dataset, seed, variant }: GridCell, { cell, data }: RunRecord): boolean =>
  cell.method === method &&
  cell.variant?.name === variant &&
  cell.seed === seed &&
  (dataset.folder === undefined
    ? cell.dataset === dataset.name && data.source !== "folder"
    : data.source === "folder" && cell.datasetTitle === datasetTitle(dataset));

const failed = (exitCode: number, message: string): CellOutcome => ({ kind: "failed", exitCode, message });

const hints: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: "; the system may have run out of memory: try fewer --jobs",
  SIGABRT: "; memory may not have sufficed: try fewer --jobs or a smaller --set training.batch",
};
