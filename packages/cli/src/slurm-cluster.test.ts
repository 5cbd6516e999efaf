// The launcher `slurm` on a real Slurm: two nodes on this machine, which tools/slurm/cluster.sh starts. Needs root and
// Debian's packages slurm-wlm and munge; skipped elsewhere. It takes minutes, so it runs only with TEST_SLURM=1.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readRecord } from "@dit-bench/record";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { go, place, recipe } from "./tiny-place.test.data.ts";

const script = fileURLToPath(new URL("../../../tools/slurm/cluster.sh", import.meta.url));
const reason =
  process.env.TEST_SLURM === undefined
    ? "TEST_SLURM is not set"
    : process.getuid?.() !== 0
      ? "only root can start Slurm's daemons"
      : ["slurmctld", "slurmd", "munged"].every((name) => existsSync(`/usr/sbin/${name}`))
        ? undefined
        : "slurm-wlm and munge are not installed";

/** Its path must be short: the path of a socket in it has at most 107 bytes. */
const folder = reason === undefined ? mkdtempSync(join(tmpdir(), "dit-bench-slurm-")) : "";
const env = { SLURM_CONF: join(folder, "slurm.conf") };
const slurm = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8" });

/** Calls `look` until it returns a value, for at most three minutes: the machine may be shared. */
async function until<T>(what: string, look: () => T | Promise<T | undefined> | undefined): Promise<T> {
  for (let i = 0; i < 900; i++) {
    const value = await look();
    if (value !== undefined) return value;
    await sleep(200);
  }
  throw new Error(`not within three minutes: ${what}`);
}

interface StateLine {
  readonly name: string;
  readonly state: string;
  readonly job: string | null;
}

function cluster(out: string, ...flags: string[]) {
  const all = ["--recipe", recipe, "--out", out, ...flags];
  const grid = (...more: string[]) => bench(["grid", "--launcher", "slurm", ...all, ...more], { cwd: place, env });
  /** The folder of the protocol, whose name has a digest of the changed settings. */
  const runs = () => join(place, out, readdirSync(join(place, out))[0]!);
  const log = (): string => {
    const jobs = join(runs(), "jobs");
    return readdirSync(jobs, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".log"))
      .map((name) => readFileSync(join(jobs, name), "utf8"))
      .join("");
  };
  return {
    grid,
    log,
    states: async () => (await grid("--status", "--json")).json.cells as StateLine[],
    /** The jobs in the queue: `12_0 RUNNING node1`. */
    queue: () => slurm("squeue", "--noheader", "--array", "--format=%F_%K %T %N").trim().split("\n").filter(Boolean),
    /** Waits until a run of a method has trained so many steps. */
    trained: (method: string, steps: number) =>
      until(`${method} trains`, () => {
        const file = join(runs(), "sun", method, "seed-0", "metrics.jsonl");
        if (!existsSync(file)) return undefined;
        return readFileSync(file, "utf8").split("\n").length > steps ? true : undefined;
      }),
    record: (method: string) => readRecord(join(runs(), "sun", method, "seed-0", "record.json")),
  };
}

const costs: ReadonlySet<string> = new Set(["seconds", "stepMilliseconds", "peakMemoryMB", "finishedAt"]);

/** The results of each record below a folder, without times and memory. */
const scores = async (out: string) =>
  (JSON.parse((await go("list", "runs", "--out", out, "--json")).stdout) as Record<string, unknown>[]).map((run) =>
    Object.fromEntries(Object.entries(run).filter(([key]) => !costs.has(key))),
  );

const long = ["--methods", "bitfit,difffit", "--datasets", "sun", "--set", "training.steps=1500"];

describe.skipIf(reason !== undefined)(
  `bench grid on a real Slurm${reason ? ` (skipped: ${reason})` : ""}`,
  { timeout: 600_000 },
  () => {
    let expected: unknown;
    beforeAll(() => {
      const started = spawnSync(script, ["start", folder], { encoding: "utf8" });
      if (started.status !== 0) throw new Error(started.stderr);
    });
    afterAll(() => {
      spawnSync("scancel", ["--user=root"], { env: { ...process.env, ...env } });
      spawnSync(script, ["stop", folder]);
      rmSync(folder, { recursive: true, force: true });
    });

    it("has the results of a local run without interruptions to compare with", async () => {
      const local = await go("grid", "--recipe", recipe, "--out", "long-local", ...long);
      expect(local.code, local.stderr).toBe(0);
      expected = await scores("long-local");
      expect(expected).toHaveLength(2);
    });

    it("runs an array to its end, with the local run's results and tables", async () => {
      const cells = ["--methods", "bitfit,difffit,lora", "--datasets", "sun,flowers"];
      const { grid } = cluster("array", ...cells);
      const r = await grid("--wait", "--job", "cells=2");
      expect(r.code, r.stderr).toBe(0);
      expect(r.stderr).toContain("submitted 6 cells as 3 jobs");
      const local = await go("grid", "--recipe", recipe, "--out", "array-local", ...cells);
      expect(local.code, local.stderr).toBe(0);
      expect(await scores("array")).toEqual(await scores("array-local"));
      const columns = ["table", "--columns", "fid,kid,trainableParameters", "--from"];
      const tables = async (out: string) => {
        expect((await go(...columns, out, "--out", `${out}-table`)).code).toBe(0);
        const text = readFileSync(join(place, `${out}-table`, "table.md"), "utf8");
        return text.split("\n").filter((line) => line.startsWith("|")); // the notes below have times
      };
      expect(await tables("array")).toEqual(await tables("array-local"));
    });

    it("resumes a job that was cancelled with scancel, after the same command again", async () => {
      const { grid, states, trained, queue, record } = cluster("scancel", ...long);
      await grid();
      await trained("difffit", 100);
      const job = queue().find((line) => /_1 RUNNING/.test(line))!; // the second cell
      slurm("scancel", job.split(" ")[0]!);
      await until("the job has left the queue", async () =>
        (await states()).find((cell) => cell.name.includes("difffit") && cell.job === null),
      );
      expect((await states())[1]).toMatchObject({ state: "interrupted" });
      const again = await grid("--wait");
      expect(again.code, again.stderr).toBe(0);
      expect(again.stderr).toContain("submitted 1 cell as 1 job");
      expect(await scores("scancel")).toEqual(expected);
      expect((await record("difffit")).training.resumes).toBe(1);
    });

    it("resumes a job that gets its warning signal, and one that an administrator requeues", async () => {
      const { grid, trained, queue, record, log } = cluster("requeue", ...long);
      await grid();
      await trained("bitfit", 100);
      await trained("difffit", 100);
      const [first = "", second = ""] = queue().map((line) => line.split(" ")[0]);
      slurm("scancel", "--batch", "--signal=USR2", first);
      slurm("scontrol", "requeue", second);
      const r = await grid("--wait");
      expect(r.code, r.stderr).toBe(0);
      expect(r.stderr).not.toContain("submitted");
      expect(log()).toContain(`job ${first} goes back into the queue`);
      expect(log()).toContain(`Slurm is ending job ${second}`);
      expect(await scores("requeue")).toEqual(expected);
      for (const method of ["bitfit", "difffit"]) expect((await record(method)).training.resumes).toBe(1);
    });

    it("resumes jobs that are preempted by another partition", async () => {
      const { grid, trained, record } = cluster("preempted", ...long);
      await grid();
      await trained("bitfit", 100);
      await trained("difffit", 100);
      slurm("sbatch", "--partition=urgent", "--array=0-1", "--output=/dev/null", "--wrap=sleep 2");
      const r = await grid("--wait");
      expect(r.code, r.stderr).toBe(0);
      expect(await scores("preempted")).toEqual(expected);
      const resumes = await Promise.all(
        ["bitfit", "difffit"].map(async (method) => (await record(method)).training.resumes),
      );
      expect(Math.max(...resumes)).toBe(1);
    });

    it("loses nothing when a node's daemon is killed: its job starts on the other node", async () => {
      const { grid, trained, queue } = cluster("killed", ...long);
      await grid();
      await trained("bitfit", 100);
      const line = queue().find((job) => job.includes("RUNNING"))!;
      const node = line.split(" ")[2]!;
      process.kill(Number(readFileSync(join(folder, `${node}.pid`), "utf8")), "SIGKILL");
      await until("the node is down", () =>
        /DOWN/.test(slurm("scontrol", "show", "node", "--oneliner", node)) ? true : undefined,
      );
      const r = await grid("--wait");
      expect(r.code, r.stderr).toBe(0);
      expect(r.stderr).not.toContain("submitted");
      expect(await scores("killed")).toEqual(expected);
      spawnSync("slurmd", ["-N", node], { env: { ...process.env, ...env } });
      await until("the node is idle again", () =>
        /IDLE/.test(slurm("scontrol", "show", "node", "--oneliner", node)) ? true : undefined,
      );
    });

    it("checkpoints before a job's time limit, and continues in its next start", async () => {
      const { grid, trained, queue, log } = cluster(
        "limit",
        ...["--methods", "bitfit", "--datasets", "sun"],
        "--set",
        "training.steps=1000000",
      );
      await grid("--job", "time=1");
      await trained("bitfit", 100);
      const [job = ""] = queue().map((line) => line.split(" ")[0]);
      await until("Slurm's signal before the time limit", () =>
        log().includes(`job ${job} goes back into the queue`) ? true : undefined,
      );
      await until("the next start", () => (/resuming after step \d+ of 1000000/.test(log()) ? true : undefined));
      slurm("scancel", job);
    });
  },
);
