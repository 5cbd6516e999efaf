// The plan of a submission: which cells each job of a cluster runs. It is written once, before the jobs are submitted,
// and stays: a job that is started again needs it.

import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import { z } from "@dit-bench/method";
import { RecordError } from "@dit-bench/record";
import type { GridCell } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import type { PreparedGrid } from "../launchers/launcher.ts";
import { readJobFile } from "./read-job-file.ts";

/** A cell as a job runs it. */
export interface PlannedCell {
  /** A digest of the cell's command line, the same for all ways to write a path: its name among all submissions. */
  readonly key: string;
  /** The name that people read: `flowers lora seed 0`. */
  readonly name: string;
  readonly cell: GridCell;
  /** The arguments of `bench`, without the number of threads. */
  readonly arguments: readonly string[];
}

export interface JobPlan {
  readonly schema: 1;
  /** The submission: eight hexadecimal digits. */
  readonly id: string;
  readonly launcher: string;
  /** The folder of the runs, as the grid's `--out` gives it: jobs run in the same current folder. */
  readonly folder: string;
  /** Minutes after which a cell is ended. */
  readonly timeLimit?: number | undefined;
  /** The cells of each job. */
  readonly jobs: readonly (readonly PlannedCell[])[];
}

const text = z.string();
const cellSchema = z.strictObject({
  key: text,
  name: text,
  cell: z.strictObject({
    method: text,
    dataset: z.strictObject({ name: text, folder: text.optional(), strict: z.boolean().optional() }),
    seed: z.int(),
    variant: text.optional(),
    setting: text.optional(),
  }),
  arguments: z.array(text),
});
const submissionId = /^[0-9a-f]{8}$/;
const planSchema = z.strictObject({
  schema: z.literal(1),
  id: z.string().regex(submissionId),
  launcher: text,
  folder: text,
  timeLimit: z.number().positive().optional(),
  jobs: z.array(z.array(cellSchema).min(1)),
});

/** The folder of everything that belongs to jobs, in the folder of the runs. */
export const jobsFolder = (folder: string): string => join(folder, "jobs");

/** The folder of one submission: its plan, its script and the logs of its jobs. */
export const submissionFolder = ({ folder, id }: Pick<JobPlan, "folder" | "id">): string =>
  join(jobsFolder(folder), id);

export const planPath = (plan: Pick<JobPlan, "folder" | "id">): string => join(submissionFolder(plan), "plan.json");

/** Makes a plan. @param perJob how many cells one job runs */
export function makePlan(
  grid: Pick<PreparedGrid, "folder" | "options">,
  launcher: string,
  cells: readonly PlannedCell[],
  perJob: number,
): JobPlan {
  const { timeLimit } = grid.options;
  return {
    schema: 1,
    id: randomBytes(4).toString("hex"),
    launcher,
    folder: grid.folder,
    ...(timeLimit === undefined ? {} : { timeLimit }),
    jobs: Array.from({ length: Math.ceil(cells.length / perJob) }, (_, i) => cells.slice(i * perJob, (i + 1) * perJob)),
  };
}

export const writePlan = (plan: JobPlan): Promise<void> =>
  replaceFile(planPath(plan), `${JSON.stringify(plan, null, 1)}\n`);

/** Throws RecordError for a file that is missing or no plan. System errors pass through. */
export async function readPlan(path: string): Promise<JobPlan> {
  const advice = "'bench grid' with the same options writes another";
  const plan = await readJobFile(path, planSchema, "the plan of a grid", advice);
  if (plan === undefined) throw new RecordError(`there is no plan ${printable(path)}; ${advice}`);
  return plan as JobPlan;
}

/** The ids of all submissions of a folder. System errors pass through: a disk without an answer is no empty folder. */
export async function submissionIds(folder: string): Promise<string[]> {
  const names = await readdir(jobsFolder(folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => submissionId.test(name));
}
