// Slurm's commands: submits an array, reads the queue, puts a job back into it.

import { execFile } from "node:child_process";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import type { LiveJob } from "../jobs/states.ts";

/** Names of our jobs in the queue: this and the submission's id. With it a job is found even if its id was lost. */
const namePrefix = "dit-bench-";

export const jobName = (submission: string): string => `${namePrefix}${submission}`;

/** Throws BenchError (usage) if Slurm's commands would use another cluster: its jobs would be in no queue seen here. */
export function checkEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  const name = ["SLURM_CLUSTERS", "SBATCH_CLUSTERS"].find((variable) => environment[variable]);
  if (name !== undefined)
    throw new BenchError(
      "usage",
      `${name} is '${printable(environment[name]!)}': --launcher slurm knows only the jobs of one cluster; ` +
        "unset it, and run bench on a login node of that cluster",
    );
}

/** Submits a script; returns the id of the array. Throws BenchError (failure) with the output of sbatch. */
export async function submit(scriptPath: string, options: readonly string[]): Promise<string> {
  const output = await slurm("sbatch", ["--parsable", ...options, scriptPath]);
  // `id` or `id;cluster`, on a line of its own: wrappers of sbatch print other lines, too.
  const id = /^(\d+)(?:;\S*)?\s*$/m.exec(output)?.[1];
  if (id === undefined)
    throw new BenchError("failure", `sbatch printed '${printable(output.trim())}', wanted the id of the array`);
  return id;
}

/** True if jobs may be in the queue, or still enter it, after this error of `submit`: only the answer was lost. */
export const mayHaveSubmitted = ({ message }: Error): boolean =>
  /timed out|timeout|zero bytes|communication|^sbatch printed/i.test(message);

/** Every job of these submissions that waits or runs, also while Slurm ends it. */
export async function liveJobs(submissions: readonly string[]): Promise<LiveJob[]> {
  if (submissions.length === 0) return [];
  // One line for each task of an array. The reason comes last, because it may contain anything.
  const format = "%F|%K|%j|%T|%N|%r";
  const names = submissions.map(jobName).join(",");
  // Without --all, partitions that are hidden from this user are left out.
  const output = await slurm("squeue", ["--noheader", "--array", "--all", `--name=${names}`, `--format=${format}`]);
  return output
    .split("\n")
    .map((line) => line.trim().split("|"))
    .filter((fields) => fields.length >= 6)
    .map(([array, task, name, state, nodes, ...reason]) => ({
      name: `${array}_${task}`,
      submission: name!.slice(namePrefix.length),
      index: Number(task),
      isRunning: state === "RUNNING",
      note: [state!.toLowerCase().replaceAll("_", " "), nodes || reason.join("|")].filter(isTelling).join(", "),
    }));
}

const isTelling = (text: string): boolean => text !== "" && text !== "None";

/**
 * Puts a job of an array back into the queue, unless Slurm is ending it: after scancel it must stay ended, and a
 * preempted job Slurm puts back itself. Never throws, because the job has nothing else to do.
 *
 * @param log gets a line about what happens, before Slurm ends this process
 */
export async function requeue(job: string, log: (line: string) => void): Promise<void> {
  try {
    const shown = await slurm("scontrol", ["show", "job", "--oneliner", job]);
    const state = /\bJobState=(\S+)/.exec(shown)?.[1] ?? "no state";
    if (state !== "RUNNING")
      return log(`Slurm is ending job ${job} (${state}); whether it starts again is up to Slurm`);
    log(`job ${job} goes back into the queue`);
    await slurm("scontrol", ["requeue", job]);
  } catch (error) {
    log(`job ${job} cannot go back into the queue: ${(error as Error).message}`);
  }
}

/**
 * The environment of Slurm's commands. Variables of squeue are left out, because its filters would hide jobs, and those
 * of sbatch that the launcher's own options do not replace: a file for errors beside the log, and waiting for the jobs.
 */
const slurmEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SQUEUE_.*|SBATCH_ERROR|SBATCH_WAIT)$/.test(name)),
  );

/** A large queue has some hundred bytes for each job. */
const largestOutput = 256 * 2 ** 20;

/** Runs a command and returns its stdout. */
function slurm(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: largestOutput, env: slurmEnvironment() }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === "ENOENT")
        return reject(
          new BenchError(
            "usage",
            `'${command}' is not found: --launcher slurm needs the commands of Slurm on this machine; ` +
              "run bench on a login node, or choose another --launcher",
          ),
        );
      const reason = printable(stderr.trim().replaceAll(/\s*\n\s*/g, " ")) || error.message;
      reject(new BenchError("failure", `${command} failed: ${reason}`, { cause: error }));
    });
  });
}
