// The options of a job array and its script.

import { resolve } from "node:path";
import { BenchError } from "@dit-bench/runner";
import { quantity, quoteForShell } from "@dit-bench/text";
import { type JobPlan, planPath, submissionFolder } from "../jobs/plan.ts";
import { type JobSettings, readJobSettings, unknownKey } from "../jobs/settings.ts";
import { entry } from "../run-cells.ts";
import { jobName } from "./commands.ts";

/** Options of sbatch that the launcher decides, with what to use in place of some of them. */
const reserved: Readonly<Record<string, string | undefined>> = {
  array: "--jobs N for the number of jobs at the same time",
  "cpus-per-task": "cpus=N",
  mem: "memory=GIB",
  "gpus-per-node": "gpus=N",
  "job-name": undefined,
  chdir: undefined,
  clusters: "a login node of that cluster", // only the queue of one cluster is asked which jobs there are
  output: undefined,
  error: undefined,
  "open-mode": undefined,
  signal: undefined,
  requeue: undefined,
  "no-requeue": undefined,
  parsable: undefined,
  "test-only": "--dry-run",
  wait: undefined,
  wrap: undefined,
};

/** Options of sbatch that have no value, or need none. */
const withoutValue = [
  ...["contiguous", "exclusive", "hold", "ignore-pbs", "nice", "no-kill", "overcommit", "oversubscribe", "propagate"],
  ...["reboot", "spread-job", "use-min-nodes"],
];

/** Reads the values of `--job`. Throws BenchError (usage). */
export const readSlurmSettings = (job: readonly string[]): JobSettings =>
  readJobSettings(job, checkSbatchOption, withoutValue);

/** Throws BenchError (usage) for a setting that sbatch cannot have, or that the launcher decides. */
function checkSbatchOption(key: string, value: string, flag: string): void {
  // sbatch takes any beginning of an option for the option.
  const taken = Object.keys(reserved).find((name) => name.startsWith(key));
  if (taken !== undefined)
    throw new BenchError(
      "usage",
      `${flag}: sbatch's --${taken} is for the launcher to decide; ` +
        (reserved[taken] ? `use ${reserved[taken]}` : "leave it out"),
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

/** An option of sbatch; the value is undefined for one without a value. */
type SbatchOption = readonly [name: string, value: string | undefined];

/**
 * The options of the array. They are in the script, for people, and on the command line of sbatch, where they prevail
 * over variables such as SBATCH_TIMELIMIT, which prevail over the lines of the script.
 */
function arrayOptions({ plan, settings, atOnce }: ScriptOptions): SbatchOption[] {
  const { cpus, gpus, memory, time, own } = settings;
  const values: Readonly<Record<string, string | number | undefined>> = {
    "job-name": jobName(plan.id),
    array: `0-${plan.jobs.length - 1}${atOnce === undefined ? "" : `%${atOnce}`}`,
    chdir: process.cwd(),
    output: `${withoutPatterns(resolve(submissionFolder(plan)))}/%a.log`,
    "open-mode": "append", // a job that starts again continues its log
    signal: `B:USR2@${warningSeconds(time)}`,
    time,
    "cpus-per-task": cpus,
    "gpus-per-node": gpus,
    mem: memory === undefined ? undefined : `${memory}G`,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return [...given.map(([name, value]) => [name, String(value)] as const), ...own, ["requeue", undefined]];
}

/** The arguments of sbatch. */
export const sbatchArguments = (options: ScriptOptions): string[] =>
  arrayOptions(options).map(([name, value]) => (value === undefined ? `--${name}` : `--${name}=${value}`));

/** The script. Throws BenchError (usage) for values that it cannot hold. */
export function arrayScript(options: ScriptOptions): string {
  const { plan, factors } = options;
  const cells = plan.jobs.reduce((sum, job) => sum + job.length, 0);
  const lines = arrayOptions(options).map(([name, value]) =>
    value === undefined ? `#SBATCH --${name}` : `#SBATCH --${name}=${quoteForSbatch(value)}`,
  );
  const jobs = quantity(plan.jobs.length, "job");
  const command = [process.execPath, entry, "grid-job", planPath(plan)].map(quoteForShell).join(" ");
  return `#!/bin/sh
# ${quantity(cells, "cell")} (of ${factors}) in ${jobs}; written by bench grid --launcher slurm
${lines.join("\n")}

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
