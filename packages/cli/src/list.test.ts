// bench list, list-weights and doctor as a user meets them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtinMethods } from "@dit-bench/runner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";

let place: string;
const go = (...args: string[]) => bench(args, { cwd: place });
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-list-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench list and doctor", () => {
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

  it.each(["datasets", "recipes", "engines"])("lists %s", async (what) => {
    const r = await go("list", what, "--json");
    expect(JSON.parse(r.stdout).length).toBeGreaterThan(0);
    expect((await go("list", what)).stdout.split("\n").length).toBeGreaterThan(2);
  });

  it("says what can be listed", async () => {
    const r = await go("list", "method");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("there is no list of 'method'; did you mean 'methods'? available: methods,");
  });

  it("names the file that was given in place of the folder of runs, and lists none where there is no folder", async () => {
    writeFileSync(join(place, "a-file"), "x");
    const r = await go("list", "runs", "--out", "a-file");
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toBe("bench: error: --out a-file: it is a file, expected the folder where runs are kept\n");
    expect(await go("list", "runs", "--out", "nowhere")).toMatchObject({ code: 0, stdout: "none\n", stderr: "" });
  });

  it("doctor finds the engine and the mini recipe's weights", async () => {
    const r = await go("doctor", "--json");
    const findings = JSON.parse(r.stdout) as { what: string; ok: boolean }[];
    expect(findings.find((f) => f.what === "engine cpu")?.ok).toBe(true);
    expect(findings.find((f) => f.what === "recipe mini")?.ok).toBe(true);
  });

  it("doctor says where what was fetched is, and how to get the rest", async () => {
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
    expect(stdout).toMatch(/^-- {2}dataset flowers +not here \(345 MB\); bench fetch flowers$/m);
    expect(stdout).toMatch(/^-- {2}recipe paper +lacks its base model dit-xl-2-256, autoencoder sd-vae-ft-ema$/m);
    expect(stdout).toContain("get them with 'bench fetch dit-xl-2-256 sd-vae-ft-ema'");
  });
});

describe("bench list-weights", () => {
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../../weights/src/fixtures/checkpoints/${name}`, import.meta.url));

  it("lists names, types and shapes on stdout, what it chose on stderr", async () => {
    const r = await go("list-weights", fixture("train-zip.pt"));
    expect(r.stdout).toBe("weight  F32   [3, 2]\nbias    F32   [3]\n2 tensors, 9 numbers\n");
    expect(r.stderr).toContain('tensors of "ema"; others are under model, opt');
  });

  it("ends quietly where its reader has seen enough", () => {
    const long = fileURLToPath(new URL("../../../benchmarks/mini/base.safetensors", import.meta.url));
    const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));
    const script = `"${process.execPath}" "${entry}" list-weights "${long}" | true; exit "\${PIPESTATUS[0]}"`;
    const r = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(r).toMatchObject({ status: 0, stderr: "safetensors\n" });
  });

  it("lists another entry by its key, as JSON", async () => {
    const r = await go("list-weights", fixture("train-legacy.pt"), "--key", "opt", "--json");
    expect(r.json).toMatchObject({ format: "PyTorch legacy", count: 6 });
  });

  it("refuses what would run code, and what is not there, with exit code 4", async () => {
    const hostile = join(place, "hostile.pt");
    writeFileSync(hostile, "cos\nsystem\n(S'touch was-here'\ntR.");
    const r = await go("list-weights", hostile);
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toContain("os.system");
    expect(existsSync(join(place, "was-here"))).toBe(false);
    expect(await go("list-weights", "nowhere.pt")).toMatchObject({ code: 4 });
  });
});
