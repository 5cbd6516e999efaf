// The launcher `slurm`: the cells are jobs of one array. Submitted are those that no job of this folder has finished
// and that have no job in the queue, so the same command again submits what failed or is missing.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type HeldLock, makeFolders, replaceFile, tryLock } from "@dit-bench/files";
import { RecordError } from "@dit-bench/record";
import { BenchError } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity } from "@dit-bench/text";
import { print, printNote } from "../../print.ts";
import {
  type JobPlan,
  jobsFolder,
  makePlan,
  type PlannedCell,
  planPath,
  readPlan,
  submissionFolder,
  submissionIds,
  writePlan,
} from "../jobs/plan.ts";
import { plannedCells } from "../jobs/planned-cells.ts";
import { printStates } from "../jobs/print-states.ts";
import type { JobSettings } from "../jobs/settings.ts";
import { type CellStatus, describeCounts, isToBeSubmitted, type LiveJob, statesOf } from "../jobs/states.ts";
import { wait } from "../jobs/wait.ts";
import { checkEnvironment, jobName, liveJobs, mayHaveSubmitted, requeue, submit } from "../slurm/commands.ts";
import { arrayScript, readSlurmSettings, type ScriptOptions, sbatchArguments } from "../slurm/script.ts";
import { writeGridTables } from "../write-tables.ts";
import type { Launcher, PreparedGrid } from "./launcher.ts";

export const slurm: Launcher = {
  name: "slurm",
  flags: ["job", "dryRun", "status", "wait"],
  isHere: false,

  check({ job }) {
    readSlurmSettings(job);
    checkEnvironment();
  },

  async launch(grid) {
    const { folder, options } = grid;
    const settings = readSlurmSettings(options.job);
    const cells = plannedCells(grid);
    const states = async () => statesOf(folder, cells, (await readQueue(folder)).jobOf);
    if (options.dryRun) return printScript(grid, settings, await states());
    if (options.status) return printStates(await states(), options.json);
    await submitMissing(grid, settings, cells);
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

function printScript(grid: PreparedGrid, settings: JobSettings, states: readonly CellStatus[]): number {
  const missing = states.filter(isToBeSubmitted).map(({ cell }) => cell);
  if (missing.length === 0) printNote("nothing would be submitted: each cell is finished or has a job in the queue\n");
  else print(arrayScript(scriptOptions(makePlan(grid, slurm.name, missing, settings.cells), settings, grid)));
  return exitCodes.ok;
}

const scriptOptions = (plan: JobPlan, settings: JobSettings, { options, factors }: PreparedGrid): ScriptOptions => ({
  plan,
  settings,
  atOnce: options.jobs,
  factors,
});

/**
 * Submits the cells that are neither finished nor in the queue. Throws BenchError (failure) if another process submits
 * at the same time, or if Slurm refuses.
 */
async function submitMissing(grid: PreparedGrid, settings: JobSettings, cells: readonly PlannedCell[]): Promise<void> {
  const lock = await lockJobs(grid.folder);
  try {
    const queue = await readQueue(grid.folder);
    const missing = (await statesOf(grid.folder, cells, queue.jobOf)).filter(isToBeSubmitted);
    if (missing.length === 0) return;
    noteOtherCells(grid.folder, queue, cells);
    const plan = makePlan(
      grid,
      slurm.name,
      missing.map(({ cell }) => cell),
      settings.cells,
    );
    const options = scriptOptions(plan, settings, grid);
    const script = arrayScript(options);
    const scriptPath = join(submissionFolder(plan), "script.sh");
    await writePlan(plan); // before the jobs exist that need it
    await replaceFile(scriptPath, script);
    const array = await submit(scriptPath, sbatchArguments(options)).catch(async (error: Error) => {
      if (mayHaveSubmitted(error))
        printNote(
          "the jobs may be in the queue, or enter it later: look at '--status' before you run the command again\n",
        );
      else if (!(await isInQueue(plan))) await rm(submissionFolder(plan), { recursive: true, force: true });
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

interface Queue {
  /** The job of a cell. */
  jobOf(cell: PlannedCell): LiveJob | undefined;
  /** Every cell that has a job, of this and of other command lines. */
  readonly cells: readonly { readonly cell: PlannedCell; readonly job: LiveJob }[];
}

/** Reads which cells have jobs in the queue. System errors pass through: they would make the queue seem empty. */
async function readQueue(folder: string): Promise<Queue> {
  const live = await liveJobs(await submissionIds(folder));
  const plans = new Map<string, JobPlan>();
  for (const id of new Set(live.map(({ submission }) => submission)))
    try {
      plans.set(id, await readPlan(planPath({ folder, id })));
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      const advice = `its jobs will fail; 'scancel --name=${jobName(id)}' removes them`;
      printNote(`submission ${id}: ${error.message}; ${advice}\n`);
    }
  const cells = live.flatMap((job) =>
    (plans.get(job.submission)?.jobs[job.index] ?? []).map((cell) => ({ cell, job })),
  );
  const byKey = new Map(cells.map(({ cell, job }) => [cell.key, job]));
  return { cells, jobOf: ({ key }) => byKey.get(key) };
}

/** Names the cells in the queue that are none of these: with another option of the same cell, it would run twice. */
function noteOtherCells(folder: string, queue: Queue, cells: readonly PlannedCell[]): void {
  const keys = new Set(cells.map(({ key }) => key));
  const others = queue.cells.filter(({ cell }) => !keys.has(cell.key));
  if (others.length === 0) return;
  const submissions = [...new Set(others.map(({ job }) => jobName(job.submission)))];
  printNote(
    `jobs in the queue run ${quantity(others.length, "cell")} of other command lines in ${printable(folder)}, ` +
      `such as ${printable(others[0]!.cell.name)}; if these are the same runs with other options, ` +
      `'scancel --name=${submissions.join(",")}' removes those jobs\n`,
  );
}

/** Writes the tables after the last job has ended, and names the cells without a record. */
async function finish({ folder, options }: PreparedGrid, states: readonly CellStatus[]): Promise<number> {
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
