// What became of each cell that a job runs: one small file for each cell, replaced as a whole. The grid's process reads
// the files to know which cells have to be submitted again, because a queue forgets jobs that have ended.

import { hostname } from "node:os";
import { join, relative, resolve } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { z } from "@dit-bench/method";
import { RecordError } from "@dit-bench/record";
import { jobsFolder } from "./plan.ts";
import { readJobFile } from "./read-job-file.ts";

const text = z.string();
const count = z.number().nonnegative();

const shared = {
  schema: z.literal(1),
  name: text,
  /** The submission whose job wrote the file. */
  submission: text,
  host: text,
  at: text,
};

const resultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...shared, kind: z.literal("running") }),
  /** @property record its path below the folder of the runs */
  z.strictObject({ ...shared, kind: z.literal("finished"), record: text }),
  z.strictObject({ ...shared, kind: z.literal("failed"), exitCode: z.int(), message: text }),
  /** Stopped where it can resume. */
  z.strictObject({
    ...shared,
    kind: z.literal("interrupted"),
    /** The stage in which it stopped, and how much of it was done. */
    stage: text,
    done: count,
    /** How many starts in sequence stopped at the same place. */
    stalled: count,
  }),
]);

export type CellResult = z.infer<typeof resultSchema>;
type Own<T> = T extends unknown ? Omit<T, "schema" | "host" | "at"> : never;

const pathOf = (folder: string, key: string): string => join(jobsFolder(folder), "cells", `${key}.json`);

/** @param folder the folder of the runs */
export const writeCellResult = (folder: string, key: string, result: Own<CellResult>): Promise<void> =>
  replaceFile(
    pathOf(folder, key),
    `${JSON.stringify({ schema: 1, ...result, host: hostname(), at: new Date().toISOString() })}\n`,
  );

/** The latest result of a cell; undefined if there is none, or a damaged one: the cell is then run again. */
export async function readCellResult(folder: string, key: string): Promise<CellResult | undefined> {
  try {
    return await readJobFile(pathOf(folder, key), resultSchema, "the result of a cell", "the cell is run again");
  } catch (error) {
    if (error instanceof RecordError) return undefined;
    throw error;
  }
}

/** A record's path as results have it: the folder of the runs may have another path on another machine. */
export const pathInResult = (folder: string, recordPath: string): string =>
  relative(resolve(folder), resolve(recordPath));
