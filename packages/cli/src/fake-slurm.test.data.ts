// A Slurm that starts nothing: commands named sbatch, squeue and scontrol that keep their jobs in a file, and functions
// that start and cancel these jobs.

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface FakeJob {
  readonly array: number;
  readonly task: number;
  readonly name: string;
  readonly script: string;
  state: "PENDING" | "RUNNING" | "CANCELLED";
}

/**
 * The commands; each call is a line in calls.txt, and its variables of Slurm are one in environment.txt. A file named
 * refuse holds what sbatch reports when it refuses; with "timed out" in it, sbatch has accepted the jobs before, and
 * squeue shows them once the file is empty. A file named id holds what sbatch prints in place of the array's id.
 */
const program = (folder: string) => `#!${process.execPath}
const fs = require("node:fs");
const [command, ...args] = [require("node:path").basename(process.argv[1]), ...process.argv.slice(2)];
const file = ${JSON.stringify(join(folder, "jobs.json"))};
const jobs = JSON.parse(fs.readFileSync(file, "utf8"));
fs.appendFileSync(${JSON.stringify(join(folder, "calls.txt"))}, [command, ...args].join(" ") + "\\n");
const variables = Object.keys(process.env).filter((name) => /^(SBATCH|SQUEUE)_/.test(name));
fs.appendFileSync(${JSON.stringify(join(folder, "environment.txt"))}, [command, ...variables].join(" ") + "\\n");
const refuse = ${JSON.stringify(join(folder, "refuse"))};
const message = fs.existsSync(refuse) ? fs.readFileSync(refuse, "utf8") : "";
if (command === "sbatch") {
  const fail = () => {
    console.error(message);
    process.exit(1);
  };
  if (message !== "" && !message.includes("timed out")) fail();
  const script = args.at(-1);
  // The command line prevails over variables, which prevail over the script.
  const variables = { array: "SBATCH_ARRAY_INX", "job-name": "SBATCH_JOB_NAME" };
  const option = (name) =>
    args.find((arg) => arg.startsWith("--" + name + "="))?.split("=")[1] ??
    process.env[variables[name]] ??
    new RegExp("^#SBATCH --" + name + "=(.*)$", "m").exec(fs.readFileSync(script, "utf8"))[1];
  const array = 100 + jobs.length;
  const last = Number(/^0-([0-9]+)/.exec(option("array"))[1]);
  for (let task = 0; task <= last; task++)
    jobs.push({ array, task, name: option("job-name"), script, state: "PENDING" });
  fs.writeFileSync(file, JSON.stringify(jobs));
  if (message !== "") fail();
  console.log("2 notices of this cluster\\nare unread");
  const id = ${JSON.stringify(join(folder, "id"))};
  console.log((fs.existsSync(id) ? fs.readFileSync(id, "utf8") : array) + ";cluster");
} else if (command === "squeue") {
  const names = args.find((arg) => arg.startsWith("--name=")).slice(7).split(",");
  for (const { array, task, name, state } of jobs)
    if (names.includes(name) && state !== "CANCELLED" && !message.includes("timed out"))
      console.log([array, task, name, state, state === "RUNNING" ? "node1" : "", "Priority"].join("|"));
} else if (args[0] === "show") {
  const job = jobs.find(({ array, task }) => args.at(-1) === array + "_" + task);
  console.log("JobId=7 JobState=" + job.state + " Reason=None");
}
`;

export interface FakeSlurm {
  /** Variables with which bench finds the commands. */
  readonly env: NodeJS.ProcessEnv;
  jobs(): FakeJob[];
  /** The calls of a command, or of all, with their arguments. */
  calls(command?: string): string[];
  /** Names of the variables SBATCH_… and SQUEUE_… that a command saw, by call. */
  environments(command: string): string[];
  /** Makes sbatch refuse with this message; an empty one to accept again. */
  refuse(message: string): void;
  /** Makes sbatch print this in place of the id of an array. */
  setId(text: string): void;
  set(job: Pick<FakeJob, "array" | "task">, state: FakeJob["state"]): void;
  /** Removes a job from the queue. */
  remove(job: Pick<FakeJob, "array" | "task">): void;
  /** Runs a job's script to its end, removes it from the queue, and returns its exit code and output. */
  run(
    job: FakeJob,
    watch?: (output: string, child: ChildProcess) => void,
  ): Promise<{ readonly code: number | null; readonly output: string }>;
}

export function fakeSlurm(folder: string, cwd: string): FakeSlurm {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "jobs.json");
  const calls = join(folder, "calls.txt");
  writeFileSync(file, "[]");
  writeFileSync(calls, "");
  for (const name of ["sbatch", "squeue", "scontrol"]) {
    writeFileSync(join(folder, name), program(folder));
    chmodSync(join(folder, name), 0o755);
  }
  const jobs = (): FakeJob[] => JSON.parse(readFileSync(file, "utf8"));
  const isSame = (a: Pick<FakeJob, "array" | "task">, b: FakeJob) => a.array === b.array && a.task === b.task;
  const write = (all: readonly FakeJob[]) => writeFileSync(file, JSON.stringify(all));
  const fake: FakeSlurm = {
    env: { PATH: `${folder}:${process.env.PATH}` },
    jobs,
    calls: (command = "") =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== "" && line.startsWith(command)),
    environments: (command) =>
      readFileSync(join(folder, "environment.txt"), "utf8")
        .split("\n")
        .filter((line) => line.startsWith(command)),
    refuse: (message) => writeFileSync(join(folder, "refuse"), message),
    setId: (text) => writeFileSync(join(folder, "id"), text),
    set: (job, state) => write(jobs().map((one) => (isSame(job, one) ? { ...one, state } : one))),
    remove: (job) => write(jobs().filter((one) => !isSame(job, one))),
    run: (job, watch) =>
      new Promise((resolve, reject) => {
        fake.set(job, "RUNNING");
        const child = spawn("/bin/sh", [job.script], {
          cwd,
          env: {
            ...process.env,
            ...fake.env,
            SLURM_ARRAY_JOB_ID: String(job.array),
            SLURM_ARRAY_TASK_ID: String(job.task),
            SLURM_CPUS_ON_NODE: "1",
          },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
          stream.on("data", (chunk) => {
            output += chunk;
            watch?.(output, child);
          });
        child.on("error", reject);
        child.on("close", (code) => {
          fake.remove(job);
          resolve({ code, output });
        });
      }),
  };
  return fake;
}
