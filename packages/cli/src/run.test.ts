// The built `bench run`, on a tiny recipe.

import { cpSync, existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "@dit-bench/weights";
import { describe, expect, it } from "vitest";
import { bench, type Finished } from "./bench.test.data.ts";
import { goHere, runHere } from "./here.test.data.ts";
import { cell, photos, place, run, sha } from "./tiny-place.test.data.ts";

describe("bench run", () => {
  let first: Finished;

  it("trains, samples, scores and prints the paths of its files", async () => {
    first = await run("--json", "--out", "first");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain("DiffFit on Oxford Flowers-102 (miniature), seed 0");
    expect(first.stdout).toContain("not comparable with published FIDs");
    const { fid, baseFid, kid, trainableParameters, seconds } = first.json;
    for (const figure of [fid, baseFid, kid, trainableParameters, seconds]) expect(figure).toSatisfy(Number.isFinite);
    for (const file of ["record", "weights", "sheet", "loss"])
      expect(existsSync(join(place, String(first.json[file]))), file).toBe(true);
    const strips = ["samples", "base", "real"].map((kind) => String(first.json.record).replace("json", `${kind}.webp`));
    const sizes = strips.map((path) => statSync(join(place, path)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(15_000);
    if (Number(fid) > Number(baseFid)) expect(first.stdout).toContain("Worse than the base model's own FID");
    else expect(first.stdout).not.toContain("Worse than");
  });

  it("writes only the trained weights, with the recipe in their metadata", () => {
    const { tensors, metadata } = readSafetensors(join(place, String(first.json.weights)));
    const numbers = [...tensors.values()].reduce((sum, t) => sum + t.data.length, 0);
    expect(numbers).toBe(first.json.trainableParameters);
    expect(metadata).toMatchObject({ recipe: "tiny", method: "difffit", dataset: "flowers", seed: "0" });
    expect(JSON.parse(metadata.settings!).training.steps).toBe(12);
  });

  it("does nothing if the run is finished, and prints that", async () => {
    const before = sha(first.json.record);
    const again = await runHere("--json", "--out", "first");
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/finished before, on \S+ by the engine cpu; nothing was done/);
    expect(again.stderr).not.toContain("no effect");
    expect(again.json).toMatchObject({ already: true, fid: first.json.fid });
    expect(sha(again.json.record)).toBe(before);
  });

  it("prints the engine of the run, and that --engine and --threads have no effect on a finished one", async () => {
    expect(first.stdout).toMatch(/^ {2}engine +cpu, 1 thread$/m);
    expect(first.json.engine).toEqual({ name: "cpu", threads: 1 });
    const other = await runHere("--out", "first", "--engine", "tfjs-cpu", "--threads", "2");
    expect(other.code, other.stderr).toBe(0);
    expect(other.stdout).toMatch(/^ {2}engine +cpu, 1 thread$/m);
    expect(other.stderr).toContain(
      "--engine tfjs-cpu and --threads 2 have no effect on a finished run, which had the engine cpu with 1 thread; " +
        "give another --out to run it again",
    );
  });

  it("gives the same weights and metrics in another folder and process", async () => {
    const other = await run("--json", "--out", "other");
    expect(sha(other.json.weights)).toBe(sha(first.json.weights));
    expect(other.json).toMatchObject({ fid: first.json.fid, kid: first.json.kid, baseFid: first.json.baseFid });
  });

  it("trains bit-identical weights after it was killed with SIGKILL in each of five stages", async () => {
    const moments = [/compile/, /train/, /sample base/, /sample: /, /features/];
    for (const [i, moment] of moments.entries()) {
      const out = `killed-${i}`;
      const killed = await bench([...cell, "--out", out], {
        cwd: place,
        watch: (stderr, child) => moment.test(stderr) && child.kill("SIGKILL"),
      });
      expect(killed.signal, `at ${moment}`).toBe("SIGKILL");
      const resumed = await runHere("--json", "--out", out);
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(sha(resumed.json.weights), `after ${moment}`).toBe(sha(first.json.weights));
      expect(resumed.json.fid).toBe(first.json.fid);
    }
  });

  it("resumes after it was stopped by Ctrl-C, and trains bit-identical weights", async () => {
    const args = [...cell, "--set", "training.steps=400", "--out", "stopped", "--json"];
    const stopped = await bench(args, {
      cwd: place,
      watch: (stderr, child) => /train: /.test(stderr) && !/stopping/.test(stderr) && child.kill("SIGINT"),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/stopped after step \d+ of 400; run the same command again to continue/);
    const resumed = await goHere(...args);
    expect(resumed.stderr).toContain("resuming after step");
    const straight = await goHere(...args.map((a) => (a === "stopped" ? "straight" : a)));
    expect(sha(resumed.json.weights)).toBe(sha(straight.json.weights));
    expect(JSON.parse(readFileSync(join(place, String(resumed.json.record)), "utf8")).training.resumes).toBe(1);
  });

  it("loads a method from any folder, which imports only the method package", async () => {
    const plugin = join(place, "my-method");
    cpSync(fileURLToPath(new URL("../../../examples/channel-scale", import.meta.url)), plugin, { recursive: true });
    const r = await run(
      ..."--plugin ./my-method --method channel-scale --dataset cars --out plugged --json".split(" "),
    );
    expect(r.code, r.stderr).toBe(0);
    expect(r.json.method).toBe("ChannelScale");
    expect(JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8")).cell.methodSource).toMatch(
      /^\.\/my-method 0\.1\.0, SHA-256 [0-9a-f]{16}$/,
    );
  });

  it("takes options of the method and settings of the recipe from --set", async () => {
    const r = await runHere(
      ..."--method lora --dataset food --set rank=2 --set training.steps=3 --out set --json".split(" "),
    );
    const record = JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8"));
    expect(record.cell).toMatchObject({ methodLabel: "LoRA-R2", options: { rank: 2, alpha: 1 } });
    expect(record.training.steps).toBe(3);
    expect(record.protocol).toMatch(/^tiny\/1\+[0-9a-f]{8}$/);
  });

  it("trains on a folder of images, and names a broken image that it leaves out", async () => {
    const data = await photos("good", { daisy: 6, rose: 6 });
    const jpeg = join(data, "rose", "0.jpg");
    truncateSync(jpeg, Math.floor(readFileSync(jpeg).length / 2));
    const r = await runHere("--data", data, "--out", "own", "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toContain("left out");
    expect(r.stderr).toContain(join("rose", "0.jpg"));
    const record = JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8"));
    expect(record).toMatchObject({
      protocol: "tiny/1 on own images",
      data: { source: "folder", classes: ["daisy", "rose"], images: 11, skipped: 1 },
    });
    const strict = await runHere("--data", data, "--out", "strict", "--strict");
    expect(strict.code).toBe(4);
    expect(strict.stderr).toContain(join("rose", "0.jpg"));
  });
});
