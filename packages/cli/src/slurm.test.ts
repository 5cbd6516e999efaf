// The launcher `slurm` of `bench grid`, with a Slurm that starts nothing by itself: the test starts the jobs.
// Tests that start jobs take minutes, so they run only with TEST_SLURM=1.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSweep } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { type FakeJob, type FakeSlurm, fakeSlurm } from "./fake-slurm.test.data.ts";
import { writePlugin } from "./plugin.test.data.ts";
import { go, place, recipe } from "./tiny-place.test.data.ts";

/** A grid with an empty queue of its own. */
function cluster(out: string, ...flags: string[]) {
  const slurm = fakeSlurm(join(place, `${out}-slurm`), place);
  const all = ["grid", "--launcher", "slurm", "--recipe", recipe, "--out", out, ...flags];
  const grid = (...more: string[]) => benchInProcess([...all, ...more], { cwd: place, env: slurm.env });
  const states = async () => {
    const { json } = await grid("--status", "--json");
    return (json.cells as { name: string; state: string; fid: number | null }[]).map(({ name, state }) => [
      name,
      state,
    ]);
  };
  return {
    slurm,
    grid,
    states,
    /** The folder of the protocol, whose name has a digest of changed settings. */
    folder: () => join(place, out, readdirSync(join(place, out))[0]!),
  };
}
const twoMethods = ["--methods", "bitfit,difffit", "--datasets", "sun"];
const oneLong = ["--methods", "bitfit", "--datasets", "sun", "--set", "training.steps=1000"];

/** Runs a job and sends it a signal when its run trains. */
function stopInTraining(slurm: FakeSlurm, job: FakeJob, signal: NodeJS.Signals) {
  let sent = false;
  return slurm.run(job, (output, child) => {
    if (!sent && output.includes("train: ")) sent = child.kill(signal);
  });
}

/** The metrics of each record below a folder, without times. */
const scores = async (out: string) =>
  (JSON.parse((await go("list", "runs", "--out", out, "--json")).stdout) as Record<string, unknown>[]).map(
    ({ dataset, method, seed, fid, baseFid }) => ({ dataset, method, seed, fid, baseFid }),
  );

describe("bench grid --launcher slurm --dry-run", () => {
  it("prints the script of the array, writes nothing and calls no command of Slurm", async () => {
    const { slurm, grid } = cluster("dry", ...twoMethods, "--seeds", "3");
    const r = await grid(
      ..."--dry-run --jobs 2 --job cells=2 --job cpus=4 --job gpus=1 --job memory=16 --job time=90".split(" "),
      "--job",
      "partition=gpu",
      "--job",
      "comment=two words",
    );
    expect(r.code, r.stderr).toBe(0);
    const script = r.stdout
      .replaceAll(/[0-9a-f]{8}(?=\/|$)/gm, "ID")
      .replaceAll(place, "PLACE")
      .replace(/^exec .*bench\.js\S*/m, "exec node bench.js");
    expect(script).toMatchInlineSnapshot(`
  "#!/bin/sh
  # 6 cells (of 2 methods × 1 dataset × 3 seeds) in 3 jobs; written by bench grid --launcher slurm
  #SBATCH --job-name=dit-bench-ID
  #SBATCH --array=0-2%2
  #SBATCH --chdir=PLACE
  #SBATCH --output=PLACE/dry/tiny-1/jobs/ID/%a.log
  #SBATCH --open-mode=append
  #SBATCH --signal=B:USR2@120
  #SBATCH --time=90
  #SBATCH --cpus-per-task=4
  #SBATCH --gpus-per-node=1
  #SBATCH --mem=16G
  #SBATCH --partition=gpu
  #SBATCH --comment="two words"
  #SBATCH --requeue

  # exec: Slurm's signals reach bench itself, which stops where it can resume and puts the job back into the queue
  exec node bench.js grid-job dry/tiny-1/jobs/ID/plan.json
  "
`);
    expect(existsSync(join(place, "dry"))).toBe(false);
    expect(slurm.calls()).toEqual([]);
  });

  it.each([
    [["--job", "cells=0"], /--job cells=0: wanted a whole number of at least 1/],
    [["--job", "partition"], /--job partition: wanted key=value/],
    [["--job", "time=5", "--job", "time=6"], /--job time=6: 'time' is given twice/],
    [["--job", "mem=5G"], /--job mem=5G: sbatch's --mem is for the launcher to decide; use memory=GIB/],
    [["--job", "clusters=b"], /--job clusters=b: sbatch's --clusters is for the launcher to decide; use a login node/],
    [["--job", "out=x"], /--job out=x: sbatch's --output is for the launcher to decide; leave it out/],
    [["--job", "hold=1", "--job", "hold"], /--job hold: 'hold' is given twice/],
    [["--job", "Cells=5"], /--job Cells=5: the setting is not known; wanted cells, cpus, /],
    [["--job", 'comment="'], /has a quotation mark/],
    [["--status"], /--dry-run and --status exclude each other/],
    [["--launcher", "local"], /--dry-run is not for --launcher local; .* choose --launcher kubernetes or slurm/],
  ])("refuses %j with exit code 2", async (flags, message) => {
    const { grid } = cluster("refused", ...twoMethods);
    const r = await grid("--dry-run", ...flags);
    expect(r.code).toBe(2);
    expect(r.stderr).toMatch(message);
  });
});

describe("bench grid --launcher slurm", () => {
  it("knows the cells of --rates again, whose command lines have the path of a copy of the file", async () => {
    const path = join(place, "rates.json");
    const runs = [{ dataset: "flowers", exit: "finished" as const, identity: "a", fid: 1, heldOutFid: null }];
    const method = {
      ...{ method: "bitfit", label: "BitFit", option: "training.learningRate", options: {}, default: 0.01, runs: 2 },
      values: [0.01, 0.02].map((value) => ({ value, score: value === 0.02 ? 1 : 2, runs })),
      chosen: { value: 0.02, isDefault: false },
      edge: "highest" as const,
    };
    method.values[0]!.runs = [{ ...runs[0]!, fid: 2 }];
    const datasets = [{ name: "flowers", title: "Oxford Flowers" }];
    const conditions = { recipe: "tiny", protocol: "tiny/1", seed: 1000, criterion: "fid" as const, datasets };
    await writeSweep(path, { schema: 1, ...conditions, methods: [method] });
    const { grid, states } = cluster("tuned", "--datasets", "sun", "--rates", path);
    const first = await grid();
    expect(first.stderr).toContain("submitted 1 cell as 1 job of array 100");
    expect(await states()).toEqual([["sun bitfit seed 0", "waiting"]]);
  });

  it("passes its options where no variable of sbatch or squeue can change them, and sees every job", async () => {
    const { slurm, grid, states, folder } = cluster("variables", ...twoMethods);
    const other = { SBATCH_JOB_NAME: "x", SBATCH_ARRAY_INX: "0-9", SBATCH_ERROR: "e", SBATCH_WAIT: "1" };
    Object.assign(slurm.env, other, { SQUEUE_STATES: "RUNNING" });
    const first = await grid("--job", "time=90", "--job", "hold");
    expect(first.stderr).toContain("submitted 2 cells as 2 jobs of array 100");
    expect(slurm.jobs()).toHaveLength(2);
    for (const { name } of slurm.jobs()) expect(name).toMatch(/^dit-bench-[0-9a-f]{8}$/);
    const [call] = slurm.calls("sbatch");
    for (const option of ["--chdir=", "--output=", "--open-mode=append", "--signal=B:USR2@120", "--time=90"])
      expect(call).toContain(` ${option}`);
    expect(call).toMatch(/ --hold --requeue \S+script\.sh$/);
    expect(slurm.environments("sbatch")).toEqual(["sbatch SBATCH_JOB_NAME SBATCH_ARRAY_INX"]);
    expect(slurm.environments("squeue").join()).not.toContain("SQUEUE_");
    expect(slurm.calls("squeue")[0]).toContain(" --all ");
    expect((await states()).map(([, state]) => state)).toEqual(["waiting", "waiting"]);

    const others = await grid("--keep-state", "never");
    expect(others.stderr).toMatch(/jobs in the queue run 2 cells of other command lines .*'scancel --name=dit-bench-/);
    expect(others.stderr).toContain("submitted 2 cells");

    const [id] = readdirSync(join(folder(), "jobs")).filter((name) => /^[0-9a-f]{8}$/.test(name));
    rmSync(join(folder(), "jobs", id!), { recursive: true });
    writeFileSync(join(folder(), "jobs", id!), "");
    const unreadable = await grid("--status");
    expect(unreadable.code, unreadable.stderr).toBe(74); // without the plan, its cells would be submitted again
    expect(unreadable.stderr).toContain("ENOTDIR");
  });

  it("fails if it cannot list the submissions: the queue would seem empty", async () => {
    const { slurm, grid } = cluster("unlisted", ...twoMethods);
    mkdirSync(join(place, "unlisted", "tiny-1"), { recursive: true });
    writeFileSync(join(place, "unlisted", "tiny-1", "jobs"), "");
    const r = await grid("--status");
    expect(r.code).toBe(74);
    expect(r.stderr).toMatch(/ENOTDIR.* scandir/);
    expect(slurm.calls()).toEqual([]);
  });

  it.each(["SLURM_CLUSTERS", "SBATCH_CLUSTERS"])("refuses another cluster by %s", async (name) => {
    const { slurm, grid } = cluster("elsewhere", ...twoMethods);
    Object.assign(slurm.env, { [name]: "b" });
    const r = await grid("--status");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain(`${name} is 'b': --launcher slurm knows only the jobs of one cluster; unset it`);
  });

  it("reports what sbatch refuses, and leaves nothing behind", async () => {
    const { slurm, grid, folder } = cluster("refusing", ...twoMethods);
    slurm.refuse("sbatch: error: invalid partition specified: gpuu");
    const r = await grid("--job", "partition=gpuu");
    expect(r.code).toBe(1);
    expect(r.stderr).toContain("sbatch failed: sbatch: error: invalid partition specified: gpuu");
    expect(readdirSync(join(folder(), "jobs"))).toEqual([]);
  });

  it("keeps a submission that Slurm accepts although sbatch reports an error", async () => {
    const { slurm, grid, states } = cluster("late", ...twoMethods);
    slurm.refuse("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation");
    const late = await grid();
    expect(late.code).toBe(1);
    expect(late.stderr).toContain("the jobs may be in the queue, or enter it later: look at '--status'");
    slurm.refuse("");
    expect((await states()).map(([, state]) => state)).toEqual(["waiting", "waiting"]);
    await grid();
    expect(slurm.calls("sbatch")).toHaveLength(1);
  });

  it("keeps a submission whose id it cannot read", async () => {
    const { slurm, grid } = cluster("unreadable", ...twoMethods);
    slurm.setId("#");
    const first = await grid();
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/sbatch printed '.*#.*', wanted the id of the array/);
    expect(first.stderr).toContain("the jobs may be in the queue, or enter it later: look at '--status'");
    await grid();
    expect(slurm.calls("sbatch")).toHaveLength(1);
  });

  it("says where to run if this machine has no Slurm", async () => {
    const flags = ["grid", "--launcher", "slurm", "--recipe", recipe, "--out", "none", ...twoMethods];
    const r = await bench(flags, { cwd: place, env: { PATH: join(place, "nowhere") } });
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("'sbatch' is not found: --launcher slurm needs the commands of Slurm on this machine");
  });
});

describe.skipIf(process.env.TEST_SLURM === undefined)("bench grid --launcher slurm with jobs that run", () => {
  it("submits each cell once, again only if it is missing, and at the end has the local run's results", async () => {
    const { slurm, grid, states, folder } = cluster("array", ...twoMethods, "--seeds", "2");
    const first = await grid("--job", "cells=2");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("submitted 4 cells as 2 jobs of array 100");
    expect(await states()).toEqual(
      ["bitfit seed 0", "difffit seed 0", "bitfit seed 1", "difffit seed 1"].map((name) => [`sun ${name}`, "waiting"]),
    );
    const [one, two] = slurm.jobs();
    const ran = await slurm.run(one!);
    expect(ran.code, ran.output).toBe(0);
    expect((await grid("--job", "cells=2")).stderr).toContain("2 of 4 finished, 2 waiting");
    expect(slurm.calls("sbatch")).toHaveLength(1);

    slurm.remove(two!); // as scancel does with a job that waits
    expect((await states()).map(([, state]) => state)).toEqual([
      "finished",
      "finished",
      "not submitted",
      "not submitted",
    ]);
    expect((await grid()).stderr).toContain("submitted 2 cells as 2 jobs");
    for (const job of slurm.jobs()) expect((await slurm.run(job)).code).toBe(0);
    const last = await grid("--json");
    expect(last.code, last.stderr).toBe(0);
    expect(slurm.calls("sbatch")).toHaveLength(2);
    expect(last.json.tables).toMatchObject([{ records: 4 }]);
    expect(existsSync(join(folder(), "table.md"))).toBe(true);

    const local = await go("grid", "--recipe", recipe, "--out", "array-local", ...twoMethods, "--seeds", "2");
    expect(local.code).toBe(0);
    expect(await scores("array")).toEqual(await scores("array-local"));
  });

  it("submits cells again whose records are lost, or whose job was killed", async () => {
    const { slurm, grid, states, folder } = cluster("lost", ...twoMethods);
    await grid();
    const [one, two] = slurm.jobs();
    await slurm.run(one!);
    let killed = false;
    await slurm.run(two!, (output, child) => {
      if (!killed && output.includes("train: ")) killed = child.kill("SIGKILL");
    });
    expect((await states()).map(([, state]) => state)).toEqual(["finished", "lost"]);
    rmSync(join(folder(), "sun", "bitfit"), { recursive: true });
    expect((await states()).map(([, state]) => state)).toEqual(["lost", "lost"]);
    expect((await grid()).stderr).toContain("submitted 2 cells");
  });

  it("reports a failed cell with exit code 3, and submits it again", async () => {
    const bad = writePlugin("bad", { adapt: "process.exit(0)" });
    const { slurm, grid, states } = cluster("failing", ...bad, "--methods", "bad,bitfit", "--datasets", "sun");
    await grid("--job", "cells=2");
    const [job] = slurm.jobs();
    const ran = await slurm.run(job!);
    expect(ran.code, ran.output).toBe(1);
    expect((await states()).map(([, state]) => state)).toEqual(["failed", "finished"]);
    const status = await grid("--status");
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/sun bad seed 0 +failed +exit code 1: .*called process\.exit/);
    expect((await grid()).stderr).toContain("submitted 1 cell as 1 job");
  });

  it("does not start a cell again in the same job if its exit code says that it would fail again", async () => {
    const diverging = ["--methods", "full,bitfit", "--datasets", "sun", "--set", "full.learningRate=1e6"];
    const { slurm, grid } = cluster("diverging", ...diverging);
    await grid("--job", "cells=2");
    const [job] = slurm.jobs();
    const ran = await slurm.run(job!);
    expect(ran.code, ran.output).toBe(5);
    const again = await slurm.run(job!);
    expect(again.code).toBe(5);
    expect(again.output).toContain("not started again, it failed with exit code 5");
  });

  it("on a signal stops where the run can resume, puts the job back into the queue, and continues there", async () => {
    const { slurm, grid, states } = cluster("preempted", ...oneLong);
    await grid();
    const [job] = slurm.jobs();
    const ran = await stopInTraining(slurm, job!, "SIGUSR2");
    expect(ran.code, ran.output).toBe(75);
    expect(slurm.calls("scontrol")).toEqual(["scontrol show job --oneliner 100_0", "scontrol requeue 100_0"]);
    expect(await states()).toEqual([["sun bitfit seed 0", "interrupted"]]);
    const again = await slurm.run(job!);
    expect(again.code, again.output).toBe(0);
    expect(again.output).toMatch(/resuming after step \d+ of 1000/);
    const alone = await go("grid", "--recipe", recipe, "--out", "preempted-local", ...oneLong);
    expect(alone.code).toBe(0);
    expect(await scores("preempted")).toEqual(await scores("preempted-local"));
  });

  it("leaves a job out of the queue that Slurm ends itself", async () => {
    const { slurm, grid } = cluster("cancelled", ...twoMethods, "--set", "training.steps=100000");
    await grid();
    const [job] = slurm.jobs();
    let sent = false;
    const ran = await slurm.run(job!, (output, child) => {
      if (sent || !output.includes("train: ")) return;
      slurm.set(job!, "CANCELLED");
      sent = child.kill("SIGTERM");
    });
    expect(ran.code, ran.output).toBe(143);
    expect(slurm.calls("scontrol")).toHaveLength(1);
    expect(ran.output).toContain("Slurm is ending job 100_0 (CANCELLED)");
  });

  it("does not put a job back into the queue that stopped at the same place in three starts before", async () => {
    const { slurm, grid, folder } = cluster("stalled", ...oneLong);
    await grid();
    const [job] = slurm.jobs();
    const { jobs, id: submission } = JSON.parse(
      readFileSync(join(place, job!.script.replace("script.sh", "plan.json")), "utf8"),
    );
    const [{ key, name }] = jobs[0];
    const stalled = { stage: "train", done: 1e6, stalled: 2 };
    const earlier = { schema: 1, name, submission, host: "node1", at: "", kind: "interrupted", ...stalled };
    mkdirSync(join(folder(), "jobs", "cells"), { recursive: true });
    writeFileSync(join(folder(), "jobs", "cells", `${key}.json`), JSON.stringify(earlier));
    const ran = await stopInTraining(slurm, job!, "SIGUSR2");
    expect(ran.code, ran.output).toBe(1);
    expect(ran.output).toContain("sun bitfit seed 0 stopped at the same place in 4 starts");
    expect(slurm.calls("scontrol")).toEqual([]);
  });
});

describe("bench grid-job", () => {
  it("refuses a file that is no plan, and a job that the plan does not have", async () => {
    const noPlan = await go("grid-job", join(recipe, "recipe.json"), "--index", "0");
    expect(noPlan.code).toBe(4);
    expect(noPlan.stderr).toContain("is not the plan of a grid");
    const { grid, folder } = cluster("jobs", ...twoMethods);
    await grid();
    const [id] = readdirSync(join(folder(), "jobs")).filter((name) => /^[0-9a-f]{8}$/.test(name));
    const path = join(folder(), "jobs", id!, "plan.json");
    expect((await go("grid-job", path, "--index", "2")).stderr).toMatch(/--index is 2; .*plan\.json has 2 jobs/);
    expect((await go("grid-job", path)).stderr).toContain("--index is needed");
    expect(JSON.parse(readFileSync(path, "utf8")).jobs).toHaveLength(2);
  });
});
