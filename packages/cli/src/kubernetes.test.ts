// The launcher `kubernetes` of `bench grid`: the manifest that it writes, and the jobs of its plan.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { place } from "./tiny-place.test.data.ts";

// The recipe has a path below the current folder, as the containers need it.
const command = "grid --launcher kubernetes --recipe ./tiny --methods bitfit,lora --datasets sun".split(" ");
const grid = (...args: string[]) => benchInProcess([...command, ...args], { cwd: place });
const needed = ["--job", "image=registry.local/dit-bench:1", "--job", "claim=work"];
const settings = "--jobs 2 --job cpus=4 --job memory=16 --job gpus=1 --job time=90 --job namespace=lab".split(" ");

/** The program that checks manifests against the schemas of Kubernetes: pip install kubernetes-validate. */
const validator = process.env.KUBERNETES_VALIDATE ?? "kubernetes-validate";
const hasValidator = spawnSync(validator, ["--version"]).status === 0;

describe("bench grid --launcher kubernetes", () => {
  it("prints the manifest with --dry-run and writes nothing", async () => {
    const r = await grid(...needed, ...settings, "--seeds", "2", "--dry-run", "--out", "dry");
    expect(r.code, r.stderr).toBe(0);
    await expect(r.stdout.replaceAll(/[0-9a-f]{8}(?=[/"])/g, "ID")).toMatchFileSnapshot("kubernetes.test.data.txt");
    expect(existsSync(join(place, "dry"))).toBe(false);
  });

  it.skipIf(!hasValidator)(
    `writes manifests that follow the schemas of Kubernetes 1.31 and 1.37 (skipped without kubernetes-validate)`,
    async () => {
      for (const [name, flags] of [
        ["all", settings],
        ["few", []],
      ] as const) {
        const r = await grid(...needed, ...flags, "--dry-run");
        const file = join(place, `${name}.json`);
        writeFileSync(file, r.stdout);
        for (const version of ["1.31", "1.37"]) {
          const checked = spawnSync(validator, ["--strict", "-k", version, file], { encoding: "utf8" });
          expect(checked.status, checked.stdout + checked.stderr).toBe(0);
        }
        writeFileSync(file, r.stdout.replace("backoffLimitPerIndex", "backoffLimitsPerIndex"));
        expect(spawnSync(validator, ["--strict", file]).status).not.toBe(0);
      }
    },
  );

  it("writes a plan whose jobs run here, too, and submits only what is missing the next time", async () => {
    const first = await grid(...needed, "--out", "pods");
    expect(first.code, first.stderr).toBe(0);
    const manifest = first.stdout.trim();
    expect(manifest).toMatch(/^pods\/tiny-1\/jobs\/[0-9a-f]{8}\/job\.json$/);
    expect(first.stderr).toContain(`kubectl apply -f ${manifest}\n`);
    expect(first.stderr).not.toContain("kubectl delete");
    const plan = manifest.replace(/job\.json$/, "plan.json");
    const pod = (index: number) =>
      benchInProcess(["grid-job", plan, "--threads", "1"], {
        cwd: place,
        env: { JOB_COMPLETION_INDEX: String(index) },
      });
    expect((await pod(0)).code).toBe(0);
    const again = await pod(0); // as after a requeue
    expect([again.code, again.stdout]).toEqual([0, ""]);
    expect(again.stderr).toMatch(/^sun bitfit seed 0: finished before, FID \d/);
    const status = await grid("--out", "pods", "--status", "--json");
    expect(status.json.counts).toMatchObject({ finished: 1, "not submitted": 1 });

    const second = await grid(...needed, "--out", "pods");
    expect(second.stderr).toContain("1 of 2 finished, 1 not submitted");
    expect(readFileSync(join(place, second.stdout.trim()), "utf8")).toContain('"completions": 1,\n');
    expect((await pod(1)).code).toBe(0);
    expect((await grid(...needed, "--out", "pods")).code).toBe(0);
    expect(readdirSync(join(place, "pods", "tiny-1"))).toContain("table.md");
  });

  it("knows from a job's own file that its cell runs, and names the Jobs that may still have it", async () => {
    const flags = [...needed, "--out", "two words"];
    const manifest = (await grid(...flags)).stdout.trim();
    const folder = join(place, "two words", "tiny-1", "jobs");
    const plan = JSON.parse(readFileSync(join(place, manifest.replace(/job\.json$/, "plan.json")), "utf8"));
    const [{ key, name }] = plan.jobs[0];
    const at = "2026-11-29T12:00:00.000Z";
    mkdirSync(join(folder, "cells"));
    writeFileSync(
      join(folder, "cells", `${key}.json`),
      JSON.stringify({ schema: 1, name, submission: plan.id, host: "node7", at, kind: "running" }),
    );
    const status = await grid("--out", "./two words/", "--status");
    expect(status.code, status.stderr).toBe(0);
    expect(status.stdout).toMatch(/^sun bitfit seed 0 +running +on node7, since 2026-11-29T12:00:00\.000Z$/m);

    const second = await grid(...flags, "--job", "namespace=lab");
    expect(second.stderr).toContain("1 running, 1 not submitted");
    expect(second.stderr).toContain(`kubectl apply -f '${second.stdout.trim()}'`);
    expect(second.stderr).toContain("by what their jobs wrote last, 1 cell runs: sun bitfit seed 0 on node7");
    expect(second.stderr).toContain(`delete them first: kubectl delete job dit-bench-${plan.id} --namespace lab\n`);
  });

  it("refuses a link that leads out of the current folder", async () => {
    symlinkSync(tmpdir(), join(place, "elsewhere"));
    const r = await grid(...needed, "--dry-run", "--out", "elsewhere/runs");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("--out elsewhere/runs: the containers have only the current folder");
  });

  it.each([
    [["--job", "claim=work"], /--job image=NAME is needed/],
    [["--job", "image=x"], /--job claim=NAME is needed/],
    [[...needed, "--job", "partition=gpu"], /--job partition=gpu: the setting is not known; .*image, claim, namespace/],
    [[...needed, "--out", "/elsewhere"], /--out \/elsewhere: the containers have only the current folder/],
    [[...needed, "--out", "a/../../b"], /--out a\/\.\.\/\.\.\/b: the containers have only the current folder/],
    [[...needed, "--wait"], /--wait is not for --launcher kubernetes; .* choose --launcher slurm/],
  ])("refuses %j with exit code 2", async (flags, message) => {
    const r = await grid(...flags, ...(flags.includes("--wait") ? [] : ["--dry-run"]));
    expect(r.code).toBe(2);
    expect(r.stderr).toMatch(message);
  });
});
