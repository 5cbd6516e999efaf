// The script of a job array.

import { resolve } from "node:path";
import { BenchError } from "@dit-bench/runner";
import { quantity, quoteForShell } from "@dit-bench/text";
import { type JobPlan, planPath, submissionFolder } from "../jobs/plan.ts";
import type { JobSettings } from "../jobs/settings.ts";
import { unknownKey } from "../jobs/settings.ts";
import { entry } from "../run-cells.ts";
import { jobName } from "./commands.ts";

/** Options of sbatch that the launcher sets, with the setting or flag of ours that replaces some of them. */
const reserved: Readonly<Record<string, string | undefined>> = {
  array: "--jobs N for the number of jobs at the same time",
  "cpus-per-task": "cpus=N",
  mem: "memory=GIB",
  "gpus-per-node": "gpus=N",
  "job-name": undefined,
  chdir: undefined,
  output: undefined,
  error: undefined,
  "open-mode": undefined,
  signal: undefined,
  requeue: undefined,
  "no-requeue": undefined,
  parsable: undefined,
  wait: undefined,
  wrap: undefined,
};

/** Throws BenchError (usage) for a setting that sbatch cannot have, or that the launcher decides. */
export function checkSbatchOption(key: string, value: string, flag: string): void {
  if (Object.hasOwn(reserved, key))
    throw new BenchError(
      "usage",
      `${flag}: the launcher sets sbatch's --${key} itself; ${reserved[key] ? `use ${reserved[key]}` : "leave it out"}`,
    );
  if (!/^[a-z][a-z0-9-]+$/.test(key)) throw unknownKey(flag, "a long option of sbatch, such as partition=gpu");
  quoteForSbatch(value);
}

export interface ScriptOptions {
  readonly plan: JobPlan;
  readonly settings: JobSettings;
  /** How many jobs run at the same time; default: as many as Slurm allows. */
  readonly atOnce: number | undefined;
  readonly factors: string;
}

export function arrayScript({ plan, settings, atOnce, factors }: ScriptOptions): string {
  const { cpus, gpus, memory, time, own } = settings;
  const cells = plan.jobs.reduce((sum, job) => sum + job.length, 0);
  const options: [string, string | number | undefined][] = [
    ["job-name", jobName(plan.id)],
    ["array", `0-${plan.jobs.length - 1}${atOnce === undefined ? "" : `%${atOnce}`}`],
    ["chdir", process.cwd()],
    ["output", `${withoutPatterns(resolve(submissionFolder(plan)))}/%a.log`],
    ["open-mode", "append"], // a job that starts again continues its log
    ["signal", `B:USR2@${warningSeconds(time)}`],
    ["time", time],
    ["cpus-per-task", cpus],
    ["gpus-per-node", gpus],
    ["mem", memory === undefined ? undefined : `${memory}G`],
    ...own,
  ];
  const lines = options.flatMap(([name, value]) =>
    value === undefined ? [] : [`#SBATCH --${name}=${quoteForSbatch(String(value))}`],
  );
  const jobs = quantity(plan.jobs.length, "job");
  const command = [process.execPath, entry, "grid-job", planPath(plan)].map(quoteForShell).join(" ");
  return `#!/bin/sh
# ${quantity(cells, "cell")} (of ${factors}) in ${jobs}; written by bench grid --launcher slurm
${lines.join("\n")}
#SBATCH --requeue

# exec: Slurm's signals reach bench itself, which stops where it can resume and puts the job back into the queue
exec ${command}
`;
}

/**
 * How long before its time limit a job gets a signal, in seconds. A checkpoint takes seconds; Slurm looks at the limits
 * every 30 s and may send the signal a minute early, so short jobs get a shorter warning.
 */
const warningSeconds = (minutes: number | undefined): number =>
  minutes === undefined ? 120 : Math.max(10, Math.min(120, Math.round(minutes * 3)));

/** In a file name of sbatch, `%` begins a pattern. */
const withoutPatterns = (path: string): string => path.replaceAll("%", "%%");

/** Throws BenchError (usage) for characters that a line of options cannot hold. */
function quoteForSbatch(value: string): string {
  if (/["\\\n\r]/.test(value))
    throw new BenchError(
      "usage",
      `${JSON.stringify(value)} has a quotation mark, a backslash or a line end, which a script of sbatch ` +
        "cannot hold; use another folder or value",
    );
  return /^[\w./:@%,=+-]+$/.test(value) ? value : `"${value}"`;
}
