// The launcher `slurm`: the cells are jobs of one array. Submitted are those without a record and without a job in the
// queue, so the same command again submits what failed or is missing.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type HeldLock, makeFolders, replaceFile, tryLock } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity } from "@dit-bench/text";
import { print, printNote } from "../../print.ts";
import {
  type JobPlan,
  jobsFolder,
  makePlan,
  plannedCells,
  planPath,
  readPlan,
  submissionFolder,
  writePlan,
} from "../jobs/plan.ts";
import { printStates } from "../jobs/print-states.ts";
import { type JobSettings, readJobSettings } from "../jobs/settings.ts";
import { type CellState, describeCounts, isToBeSubmitted, type JobOf, statesOf } from "../jobs/states.ts";
import { wait } from "../jobs/wait.ts";
import { jobName, liveJobs, requeue, submit } from "../slurm/commands.ts";
import { arrayScript, checkSbatchOption } from "../slurm/script.ts";
import { writeGridTables } from "../write-tables.ts";
import type { Launcher, PreparedGrid } from "./launcher.ts";

export const slurm: Launcher = {
  name: "slurm",
  flags: ["job", "dryRun", "status", "wait"],
  isHere: false,

  check: ({ job }) => void readJobSettings(job, checkSbatchOption),

  async launch(grid) {
    const { folder, options } = grid;
    const settings = readJobSettings(options.job, checkSbatchOption);
    const cells = plannedCells(grid);
    const states = async () => statesOf(folder, cells, await jobsInQueue(folder));
    if (options.dryRun) return printScript(grid, settings, await states());
    if (options.status) return printStates(await states(), options.json);
    await submitMissing(grid, settings, states);
    const last = options.wait ? await wait(states) : await states();
    if (last.some(({ job }) => job !== undefined)) {
      printNote(`${describeCounts(last)}; '--status' with the same options shows the state of each run\n`);
      return exitCodes.ok;
    }
    return finish(grid, last);
  },

  job: {
    index: ({ SLURM_ARRAY_TASK_ID: task }) => (task === undefined ? undefined : Number(task)),
    cpus: ({ SLURM_CPUS_ON_NODE: cpus }) => (cpus === undefined ? undefined : Number(cpus)),
    // The task's own id: with SLURM_JOB_ID of the first task, Slurm would put back the whole array.
    requeue: async ({ SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task }, log) => {
      if (array !== undefined && task !== undefined) await requeue(`${array}_${task}`, log);
    },
  },
};

function printScript(grid: PreparedGrid, settings: JobSettings, states: readonly CellState[]): number {
  const missing = states.filter(isToBeSubmitted).map(({ cell }) => cell);
  if (missing.length === 0) printNote("nothing would be submitted: each cell has its record or a job in the queue\n");
  else print(scriptOf(makePlan(grid, slurm.name, missing, settings.cells), settings, grid));
  return exitCodes.ok;
}

const scriptOf = (plan: JobPlan, settings: JobSettings, { options, factors }: PreparedGrid): string =>
  arrayScript({ plan, settings, atOnce: options.jobs, factors });

/**
 * Submits the cells that have neither a record nor a job. Throws BenchError (failure) if another process submits at the
 * same time, or if Slurm refuses.
 */
async function submitMissing(
  grid: PreparedGrid,
  settings: JobSettings,
  states: () => Promise<readonly CellState[]>,
): Promise<void> {
  const lock = await lockJobs(grid.folder);
  try {
    const missing = (await states()).filter(isToBeSubmitted);
    if (missing.length === 0) return;
    const plan = makePlan(
      grid,
      slurm.name,
      missing.map(({ cell }) => cell),
      settings.cells,
    );
    const script = scriptOf(plan, settings, grid);
    const scriptPath = join(submissionFolder(plan), "script.sh");
    await writePlan(plan); // before the jobs exist that need it
    await replaceFile(scriptPath, script);
    const array = await submit(scriptPath).catch(async (error) => {
      if (!(await isInQueue(plan))) await rm(submissionFolder(plan), { recursive: true, force: true });
      throw error;
    });
    printNote(
      `submitted ${quantity(missing.length, "cell")} as ${quantity(plan.jobs.length, "job")} of array ${array}; ` +
        `their output is in ${printable(submissionFolder(plan))}\n`,
    );
  } finally {
    await lock.release();
  }
}

/** True if Slurm has jobs of the plan, as after a submission whose answer was late, or if it does not answer. */
const isInQueue = (plan: JobPlan): Promise<boolean> =>
  liveJobs([plan.id]).then(
    (jobs) => jobs.length > 0,
    (error: BenchError) => error.exitCode !== exitCodes.usage, // usage: this machine has no squeue
  );

/** Takes the lock of submissions, so that two processes do not submit the same cells. */
async function lockJobs(folder: string): Promise<HeldLock> {
  makeFolders(jobsFolder(folder));
  const lock = await tryLock(join(jobsFolder(folder), ".lock"));
  if (typeof lock === "string")
    throw new BenchError("failure", `process ${lock} submits jobs of ${printable(folder)} now; try again when it ends`);
  return lock;
}

/** Reads the queue, and returns a function that finds the job of a cell in it. */
async function jobsInQueue(folder: string): Promise<JobOf> {
  const submissions = await readdir(jobsFolder(folder)).catch(() => []);
  const live = await liveJobs(submissions.filter((name) => /^[0-9a-f]{8}$/.test(name)));
  const plans = new Map<string, JobPlan>();
  for (const id of new Set(live.map(({ submission }) => submission)))
    try {
      plans.set(id, await readPlan(planPath({ folder, id })));
    } catch (error) {
      const advice = `its jobs will fail; 'scancel --name=${jobName(id)}' removes them`;
      printNote(`submission ${id}: ${(error as Error).message}; ${advice}\n`);
    }
  const byCell = new Map(
    live.flatMap((job) => (plans.get(job.submission)?.jobs[job.index] ?? []).map(({ key }) => [key, job] as const)),
  );
  return ({ key }) => byCell.get(key);
}

/** Writes the tables after the last job has ended, and names the cells without a record. */
async function finish({ folder, options }: PreparedGrid, states: readonly CellState[]): Promise<number> {
  const unfinished = states.filter(({ state }) => state !== "finished");
  if (unfinished.length > 0) {
    const list = unfinished.map(
      ({ cell, state, detail }) => `${cell.name} (${[state, detail].filter(Boolean).join(": ")})`,
    );
    printNote(
      `bench: ${unfinished.length} of ${states.length} cells have no record: ${list.join("; ")}. ` +
        `Their output is in ${printable(jobsFolder(folder))}; the same command again submits them\n`,
    );
  }
  const code = unfinished.length < states.length ? await writeGridTables(folder, options) : exitCodes.ok;
  return unfinished.length > 0 ? exitCodes.someCellsFailed : code;
}
