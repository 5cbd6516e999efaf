// `bench list`, `bench list-weights` and `bench doctor`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecord, writeRecord } from "@dit-bench/record";
import { builtinMethods } from "@dit-bench/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";

let place: string;
const go = (...args: string[]) => benchInProcess(args, { cwd: place });
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-list-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench list", () => {
  it("lists the methods with their published parameter counts", async () => {
    const r = await go("list", "methods", "--model", "DiT-XL/2", "--classes", "101", "--json");
    const counts = Object.fromEntries(
      JSON.parse(r.stdout).map((m: { name: string; trainableParameters: number }) => [m.name, m.trainableParameters]),
    );
    expect(Object.keys(counts)).toEqual(builtinMethods.map((name) => name.replace("@dit-bench/method-", "")));
    expect(counts).toMatchObject({
      full: 673_799_072,
      bitfit: 607_136,
      lora: 1_149_696,
      adaptformer: 4_280_320,
      vpt: 2_816_672,
      difffit: 835_232,
    });
  });

  it.each(["datasets", "recipes", "engines"])("lists %s as a table and as JSON", async (what) => {
    const r = await go("list", what, "--json");
    expect(JSON.parse(r.stdout).length).toBeGreaterThan(0);
    expect((await go("list", what)).stdout.split("\n").length).toBeGreaterThan(2);
  });

  it("names the valid arguments if it does not know the argument", async () => {
    const r = await go("list", "method");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("<what> 'method' is not known; did you mean 'methods'? available: methods,");
  });

  it("refuses a file as the folder of runs, and lists no run if the folder does not exist", async () => {
    writeFileSync(join(place, "a-file"), "x");
    const r = await go("list", "runs", "--out", "a-file");
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toBe("bench: error: --out a-file: it is a file, expected the folder where runs are kept\n");
    expect(await go("list", "runs", "--out", "nowhere")).toMatchObject({ code: 0, stdout: "none\n", stderr: "" });
  });
});

describe("bench list runs", () => {
  const published = fileURLToPath(new URL("../../../results/mini/records", import.meta.url));
  const runs = async (...args: string[]) => {
    const r = await go("list", "runs", "--out", published, "--json", ...args);
    expect(r.code, r.stderr).toBe(0);
    return { ...r, runs: JSON.parse(r.stdout) as Record<string, string | number | null>[] };
  };

  it("lists only the runs that every filter selects", async () => {
    const { runs: found } = await runs(
      "--method",
      "lora,DiffFit",
      "--dataset",
      "flowers,cub",
      "--seed",
      "0",
      "--state",
      "finished",
    );
    expect(found.map(({ method, dataset, seed }) => `${method} ${dataset} ${seed}`).sort()).toEqual([
      "DiffFit cub 0",
      "DiffFit flowers 0",
      "LoRA-R8 (rate 0.03) cub 0",
      "LoRA-R8 (rate 0.03) flowers 0",
      "LoRA-R8 cub 0",
      "LoRA-R8 flowers 0",
    ]);
    expect((await runs("--state", "diverged")).runs).toEqual([]);
  });

  it("sorts by a metric, the best first, and shows it as a column", async () => {
    const { runs: found } = await runs("--dataset", "cub", "--sort", "kid");
    const values = found.map(({ kid }) => Number(kid));
    const files = readdirSync(join(published, "cub")).filter((name) => name.endsWith(".json"));
    expect(values).toHaveLength(files.length);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    const text = await go("list", "runs", "--out", published, "--dataset", "cub", "--sort", "kid");
    expect(text.stdout.split("\n")[0]).toMatch(/ base +KID /);
    const { runs: byMemory } = await runs("--seed", "1", "--sort", "peakMemoryMB");
    const memory = byMemory.map(({ peakMemoryMB }) => Number(peakMemoryMB));
    expect(memory).toEqual([...memory].sort((a, b) => a - b));
  });

  it("selects by names that have commas, and prints a seed as it is", async () => {
    const label = "LoRA-R8 (alpha=2, rate 0.03)";
    const record = await readRecord(join(published, "cub/lora-r8-seed-0.json"));
    const { cell } = record;
    const labelled = { ...cell, methodLabel: label, seed: 1000, datasetTitle: "own images, mine" };
    await writeRecord(join(place, "commas/a/record.json"), { ...record, cell: labelled });
    await writeRecord(join(place, "commas/b/record.json"), { ...record, identity: "0".repeat(64) });
    const select = async (...args: string[]) => {
      const r = await go("list", "runs", "--out", "commas", "--json", ...args);
      expect(r).toMatchObject({ code: 0, stderr: "" });
      return (JSON.parse(r.stdout) as { seed: number }[]).map(({ seed }) => seed);
    };
    expect(await select("--method", label)).toEqual([1000]);
    expect(await select("--method", `LoRA-R8, ${label}`)).toEqual([1000, 0]);
    expect(await select("--dataset", "own images, mine")).toEqual([1000]);
    expect((await go("list", "runs", "--out", "commas")).stdout).toMatch(/ 1000 +finished/);
  });

  it("notes a name that no run has, and refuses states and orders that do not exist", async () => {
    const { stderr, runs: found } = await runs("--method", "lora,loha", "--dataset", "cub", "--seed", "0");
    expect(stderr).toBe("no run has --method loha; the runs have adaptformer, bitfit, difffit, full, lora, vpt\n");
    expect(found.map(({ method }) => method).sort()).toEqual(["LoRA-R8", "LoRA-R8 (rate 0.03)"]);
    const state = await go("list", "runs", "--state", "finishd");
    expect(state).toMatchObject({ code: 2 });
    expect(state.stderr).toContain("--state 'finishd' is not known; did you mean 'finished'?");
    const sort = await go("list", "runs", "--sort", "fdi");
    expect(sort).toMatchObject({ code: 2 });
    expect(sort.stderr).toMatch(/--sort 'fdi' is not known; .*available: folder, date, .*, fid, kid/);
  });
});

describe("bench doctor", () => {
  it("finds the engine and the mini recipe's weights", async () => {
    const r = await go("doctor", "--json");
    const findings = JSON.parse(r.stdout) as { what: string; ok: boolean }[];
    expect(findings.find((f) => f.what === "engine cpu")?.ok).toBe(true);
    expect(findings.find((f) => f.what === "recipe mini")?.ok).toBe(true);
  });

  it("prints the paths of downloaded files, and how to get the others", async () => {
    process.env.DIT_BENCH_HOME = join(place, "home");
    process.env.HF_HUB_CACHE = join(place, "hub");
    const file = join(place, "home/weights/inception-v3-fid/pt_inception-2015-12-05-6726825d.pth");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    const other = (await go("doctor")).stdout.replaceAll(/\s+/g, " ");
    expect(other).toContain(`${file} is not the published file: its length is 0, wanted 95628359 bytes`);
    expect(other).toContain("lacks its base model dit-xl-2-256, autoencoder sd-vae-ft-ema, extractor inception-v3-fid");
    truncateSync(file, 95_628_359);
    const { stdout } = await go("doctor");
    for (const name of ["DIT_BENCH_HOME", "HF_HUB_CACHE"]) delete process.env[name];
    expect(stdout).toMatch(new RegExp(`^ok {2}weights inception-v3-fid +${file}$`, "m"));
    expect(stdout).toMatch(/^-- {2}dataset flowers +not here \(345 MB\); get it with 'bench fetch flowers'$/m);
    expect(stdout).toMatch(/^-- {2}recipe paper +lacks its base model dit-xl-2-256, autoencoder sd-vae-ft-ema$/m);
    expect(stdout).toContain("get them with 'bench fetch dit-xl-2-256 sd-vae-ft-ema'");
  });
});

describe("bench list-weights", () => {
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../../weights/src/fixtures/checkpoints/${name}`, import.meta.url));

  it("lists names, types and shapes on stdout, and the entry it chose on stderr", async () => {
    const r = await go("list-weights", fixture("train-zip.pt"));
    expect(r.stdout).toBe("weight  F32   [3, 2]\nbias    F32   [3]\n2 tensors, 9 numbers\n");
    expect(r.stderr).toContain('tensors of "ema"; others are under model, opt');
  });

  it("exits with 0 and without a message if its reader closes the pipe", () => {
    const checkpoint = fileURLToPath(new URL("../../../benchmarks/mini/base.safetensors", import.meta.url));
    const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));
    const script = `"${process.execPath}" "${entry}" list-weights "${checkpoint}" | true; exit "\${PIPESTATUS[0]}"`;
    const r = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(r).toMatchObject({ status: 0, stderr: "safetensors\n" });
  });

  it("lists another entry by its key, as JSON", async () => {
    const r = await go("list-weights", fixture("train-legacy.pt"), "--key", "opt", "--json");
    expect(r.json).toMatchObject({ format: "PyTorch legacy", count: 6 });
  });

  it("refuses a file that would run code, and one that does not exist, with exit code 4", async () => {
    const hostileFile = join(place, "hostile.pt");
    writeFileSync(hostileFile, "cos\nsystem\n(S'touch was-here'\ntR.");
    const r = await go("list-weights", hostileFile);
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toContain("os.system");
    expect(existsSync(join(place, "was-here"))).toBe(false);
    expect(await go("list-weights", "nowhere.pt")).toMatchObject({ code: 4 });
  });
});
