// Runs of a small recipe: their outcomes, and that every run closes the file of its images, also after an error.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { ditModel, initialDit } from "@dit-bench/dit";
import { initialWeights, miniInception } from "@dit-bench/metrics";
import { normals } from "@dit-bench/random";
import { readRecord, writeRecord } from "@dit-bench/record";
import { writeSafetensors } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadMethod } from "../methods/methods.ts";
import { loadRecipe } from "../recipe/recipe.ts";
import { readState, writeCheckpoint } from "../training/checkpoint.ts";
import { Diverged } from "../training/train.ts";
import { runCell } from "./run-cell.ts";
import type { RunOutcome, RunTask } from "./run-task.ts";
import { prepareCell } from "./stages/prepare.ts";
import { readInputs } from "./stages/read-inputs.ts";
import { stopwatch } from "./stopwatch.ts";

// Sets of images too large for memory are read from a file, which stays open during the run: here, all are.
vi.mock("@dit-bench/datasets", async (original) => ({ ...(await original<object>()), fitsInMemory: () => false }));

const place = mkdtempSync(join(tmpdir(), "dit-bench-run-"));
const [photos, recipeFolder] = [join(place, "photos"), join(place, "recipe")];
afterAll(() => rmSync(place, { recursive: true }));
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine("cpu", { threads: 1 });
  for (const [c, name] of ["rose", "tulip"].entries()) {
    mkdirSync(join(photos, name), { recursive: true });
    for (const i of [0, 1, 2])
      await sharp(Buffer.from(normals(c, "photo", i, 32 * 32 * 3).map((z) => 128 + 40 * z)), {
        raw: { width: 32, height: 32, channels: 3 },
      })
        .png()
        .toFile(join(photos, name, `${i}.png`));
  }
  const { settings } = loadRecipe("mini");
  const model = { ...settings.model, patchSize: 8, width: 16, depth: 2, heads: 2 };
  mkdirSync(recipeFolder);
  const recipe = {
    ...settings,
    model,
    extractor: { weights: "extractor.safetensors", classes: 3 },
    training: { ...settings.training, steps: 2, batch: 4 },
    sampling: { ...settings.sampling, respacing: "ddim2", images: 4, batch: 4 },
    metrics: { ...settings.metrics, resamples: 20 },
  };
  writeFileSync(join(recipeFolder, "recipe.json"), JSON.stringify(recipe));
  const write = (name: string, shapes: [string, readonly number[]][], values: Record<string, Float32Array>) =>
    writeSafetensors(
      join(recipeFolder, name),
      shapes.map(([weight, shape]) => [weight, { type: "F32", shape, data: values[weight]! }]),
    );
  const weights = ditModel(model).weights.map(({ name, shape }): [string, readonly number[]] => [name, shape]);
  write(settings.base as string, weights, initialDit(model, 0, "unit"));
  const extractor = miniInception(3);
  write("extractor.safetensors", Object.entries(extractor.weights), initialWeights(extractor, 0));
}, 60_000);

/** The only checkpoint below a folder. */
const checkpointBelow = (folder: string): string =>
  join(
    folder,
    readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith("checkpoint.safetensors"))!,
  );

/** The folder in which a run keeps samples until it is finished. */
const samplesOf = ({ recordPath }: RunOutcome): string => join(dirname(recordPath), "samples");

const run = async (task: Partial<RunTask> = {}, changes: Record<string, unknown> = {}) =>
  runCell(await taskOf(task, changes));

async function taskOf(task: Partial<RunTask>, changes: Record<string, unknown> = {}): Promise<RunTask> {
  return {
    recipe: loadRecipe(recipeFolder, changes),
    method: await loadMethod("bitfit"),
    options: {},
    dataset: { name: "photos", folder: photos },
    seed: 0,
    engine,
    out: join(place, "runs"),
    listener: {},
    ...task,
  };
}

/** Files of this process in the test's folder that are open. */
const openFiles = (): string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(join("/proc/self/fd", fd));
      return path.startsWith(place) ? [path] : [];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });

/** The engine, of which the samples of the nth network that samples are NaN. */
function withBadSamples(nth: number): Engine {
  let networks = 0;
  return {
    ...engine,
    async compile(...given) {
      const compiled = await engine.compile(...given);
      if (given[2]?.name !== "sampling step" || ++networks !== nth) return compiled;
      return {
        ...compiled,
        run: (inputs) => compiled.run(inputs),
        setState: (state) => compiled.setState(state),
        getState: async () => ({ x: new Float32Array(4 * 3 * 32 * 32).fill(Number.NaN) }),
        dispose: () => compiled.dispose(),
      };
    },
  };
}

describe("runCell", () => {
  it("finishes a cell, finds it finished the next time, and makes missing files again", {
    timeout: 60_000,
  }, async () => {
    const out = join(place, "again");
    const first = await run({ out });
    expect(first).toMatchObject({ already: false, remade: [], record: { exit: "finished" } });
    expect(await run({ out })).toMatchObject({ already: true, remade: [], record: first.record });
    rmSync(first.sheetPath);
    expect(await run({ out })).toMatchObject({ already: true, remade: ["sheet.png"] });
    rmSync(first.weightsPath);
    expect(await run({ out })).toMatchObject({ already: true, remade: ["weights.safetensors"], record: first.record });
  });

  it("continues an interrupted sampling of the model or of the base model, with the same scores", {
    timeout: 60_000,
  }, async () => {
    const changes = { "sampling.images": 7, "sampling.batch": 3 }; // batches of 3, 3 and 1, of two steps each
    const whole = await run({ out: join(place, "whole") }, changes);
    const out = join(place, "interrupted");
    for (const stage of ["sample base", "sample"]) {
      let [current, done] = ["", 0];
      const listener = {
        stage: (name: string) => {
          [current, done] = [name, 0];
        },
        progress: (n: number) => {
          done = n;
        },
        stopping: () => current === stage && done === 3,
      };
      await expect(run({ out, listener }, changes), stage).rejects.toThrow("stopped while sampling");
    }
    const kept = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => /samples-from/.test(name));
    expect(kept.map((path) => basename(dirname(path)))).toEqual(["samples"]); // those of the base are complete
    const notes: string[] = [];
    const outcome = await run({ out, listener: { note: (text) => void notes.push(text) } }, changes);
    expect(notes).toContain("sampling continues after 3 of 7 images");
    expect(outcome.record.metrics).toEqual(whole.record.metrics);
    expect(existsSync(samplesOf(outcome))).toBe(false);
    expect(readdirSync(out, { recursive: true, encoding: "utf8" }).filter((n) => /unfinished/.test(n))).toEqual([]);
  });

  it("removes what a process left that was killed after it wrote the record", { timeout: 60_000 }, async () => {
    const out = join(place, "killed");
    const samples = samplesOf(await run({ out }));
    mkdirSync(samples);
    writeFileSync(join(samples, "samples-from-batch-0.safetensors"), "");
    expect(await run({ out })).toMatchObject({ already: true, remade: [] });
    expect(existsSync(samples)).toBe(false);
  });

  it("accepts a finished run whose identity includes the recipe's former texts", { timeout: 60_000 }, async () => {
    const out = join(place, "former");
    const { record, recordPath } = await run({ out });
    // The digest as it was: over all settings, title and about among them.
    const former = (settings: object) => ({ ...record, settings: { ...record.settings, ...settings } });
    const inputs = await readInputs(await taskOf({ out }), { startedAt: new Date(), clock: stopwatch() });
    const { formerIdentity } = prepareCell(inputs).expected;
    inputs.data.close?.();
    const texts = { title: "A former title", about: "Former words." };
    await writeRecord(recordPath, { ...former(texts), identity: formerIdentity(texts) });
    expect(await run({ out })).toMatchObject({ already: true, remade: [] });
    await writeRecord(recordPath, { ...former({ ...texts, about: "Others." }), identity: formerIdentity(texts) });
    await expect(run({ out })).rejects.toThrow("is the record of another run");
  });

  describe("with held-out images and an FID over training", () => {
    const changes = {
      "data.heldOut": 0.2,
      "sampling.images": 48,
      "sampling.batch": 48,
      "training.steps": 5,
      "metrics.every": 2,
      "metrics.everySamples": 8,
    };
    const split = (task: Partial<RunTask> = {}) =>
      run({ dataset: { name: "flowers" }, out: join(place, "split"), ...task }, changes);

    it("trains on one part, and scores against both", { timeout: 120_000 }, async () => {
      const { record } = await split();
      const { heldOut, images } = record.data;
      const { settings } = loadRecipe(recipeFolder, changes);
      expect(heldOut!.share).toBe(0.2);
      expect(heldOut!.images + images).toBe(record.data.classes.length * settings.data.perClass!);
      expect(heldOut!.images / (heldOut!.images + images)).toBeCloseTo(0.2, 1);
      const metrics = record.metrics!;
      expect(metrics.real).toBe(images);
      const names = ["copyRate", "coverage", "density", "heldOutFid", "heldOutKid", "precision", "recall"];
      expect(Object.keys(metrics.scores!).sort()).toEqual(names);
      expect(metrics.scores!.heldOutFid!.value).not.toBe(metrics.fid);
      expect(Object.keys(metrics.leftOut!)).toEqual(["perClass"]);
      expect(record.training.fid!.map(({ step, samples }) => [step, samples])).toEqual([0, 2, 4, 5].map((n) => [n, 8]));
      for (const { value, heldOut } of record.training.fid!) {
        expect(value).toBeGreaterThan(0);
        expect(heldOut).toBeGreaterThan(0);
        expect(heldOut).not.toBe(value);
      }
      expect(await split()).toMatchObject({ already: true, record: { identity: record.identity } });
    });

    it("gives the same record after it was stopped between two points", { timeout: 120_000 }, async () => {
      const { record } = await split();
      const out = join(place, "stopped");
      let done = 0;
      const listener = {
        progress: (n: number, total: number) => {
          if (total === 5) done = n; // of the training; other stages have other totals
        },
      };
      await expect(split({ out, listener: { ...listener, stopping: () => done >= 3 } })).rejects.toThrow(
        "after step 3",
      );
      const checkpoint = checkpointBelow(out);
      const { identity, lineage, engine: name, ...state } = readState(checkpoint, record.parameters.trainable);
      for (const stage of ["data", "compile", "total"]) expect(state.costs!.seconds[stage]).toBeGreaterThan(0);
      expect(state.costs!.peakBytes).toBeGreaterThan(1e7);
      // As if the first process had taken longer and had more memory than the one that resumes.
      const costs = { seconds: { data: 100, compile: 200, total: 1000 }, peakBytes: 5e12 };
      writeCheckpoint(checkpoint, { identity, lineage, engine: name }, { ...state, costs });
      const resumed = (await split({ out })).record;
      expect(resumed.times.data).toBeGreaterThan(100);
      expect(resumed.times.compile).toBeGreaterThan(200);
      expect(resumed.times.total).toBeGreaterThan(1000);
      expect(resumed.times.sample).toBeLessThan(100);
      expect(resumed.peakMemoryMB).toBe(5e6);
      expect(resumed.training.resumes).toBe(1);
      expect(resumed.training.fid).toEqual(record.training.fid);
      expect(resumed.metrics).toEqual(record.metrics);
      expect(resumed.identity).toBe(record.identity);
    });
  });

  it("records why nothing is held out of a small folder", { timeout: 60_000 }, async () => {
    const { record } = await run({ out: join(place, "small") });
    expect(record.data.heldOut).toBeUndefined();
    expect(record.data.images).toBe(6);
    const reason = expect.stringMatching(/^no images are held out: \d of 6 would be, fewer than 40$/);
    expect(record.metrics!.leftOut).toMatchObject({ heldOutFid: reason, heldOutKid: reason, copyRate: reason });
  });

  it("trains at a rate of the run: another cell of the same protocol, with the rate in its label", {
    timeout: 60_000,
  }, async () => {
    const out = join(place, "rates");
    const tuning: NonNullable<RunTask["tuning"]> = {
      option: "training.learningRate",
      values: [0.01, 0.02],
      runs: 2,
      datasets: ["photos"],
      seed: 1000,
      criterion: "fid",
      protocol: "mini/1",
      sweep: "a".repeat(64),
      defaultIsBest: [],
    };
    const usual = await run({ out });
    expect(usual.record.training.learningRate).toBe(0.01); // 1e-3, times 10 of the recipe
    expect(usual.record.cell.methodLabel).toBe("BitFit");
    // Finished at this rate without a sweep, then with one, then with a later one.
    const untuned = await run({ out, learningRate: 0.02 });
    expect(untuned.record.tuning).toBeUndefined();
    const notes: string[] = [];
    const listener = { note: (text: string) => void notes.push(text) };
    const other = await run({ out, learningRate: 0.02, tuning, listener });
    expect(other).toMatchObject({ already: true, remade: ["record.json"] });
    expect(notes.join()).toMatch(/record\.json: it now has the tuning of this sweep; its results are unchanged$/);
    expect(other.record).toMatchObject({ ...untuned.record, tuning });
    const later = { ...tuning, sweep: "b".repeat(64) };
    expect((await run({ out, learningRate: 0.02, tuning: later, listener })).record.tuning).toEqual(later);
    expect(notes.at(-1)).toContain("in place of the one of an earlier sweep");
    expect((await readRecord(other.recordPath)).tuning).toEqual(later);
    // The same sweep, whose tuning another version described in another way.
    const { tuning: described } = (await run({ out, learningRate: 0.02, tuning: { ...later, runs: 3 }, listener }))
      .record;
    expect(described!.runs).toBe(3);
    expect(notes.at(-1)).toMatch(/record\.json: it now has the tuning of this sweep; its results are unchanged$/);
    // Damaged weights and another tuning at the same time.
    truncateSync(other.weightsPath, 100);
    expect(await run({ out, learningRate: 0.02, tuning: later, listener })).toMatchObject({
      remade: ["record.json", "weights.safetensors"],
      record: { tuning: later },
    });
    // The same sweep again, and a run without one, change nothing.
    for (const same of [later, undefined]) {
      const again = await run({ out, learningRate: 0.02, tuning: same });
      expect(again).toMatchObject({ already: true, remade: [], record: { tuning: later } });
    }
    expect(untuned.already).toBe(false);
    expect(other.record).toMatchObject({
      protocol: usual.record.protocol,
      cell: { methodLabel: "BitFit (rate 0.02)", options: usual.record.cell.options },
      training: { learningRate: 0.02 },
      tuning,
    });
    expect(other.record.identity).not.toBe(usual.record.identity);
    expect(other.record.weights.trained).not.toBe(usual.record.weights.trained);
    expect(other.folder).not.toBe(usual.folder);
    // The default rate, given explicitly, is the cell without a rate.
    expect(await run({ out, learningRate: 0.01 })).toMatchObject({ already: true, record: usual.record });
  });

  it("refuses an option that does not fit the model before it reads a file", async () => {
    const stages: string[] = [];
    const task = { method: await loadMethod("lora"), options: { at: "blocks.*.absent" } };
    await expect(run({ ...task, listener: { stage: (name) => void stages.push(name) } })).rejects.toThrow("absent");
    expect(stages).toEqual([]);
  });

  it("diverges if its samples are not finite, with weights in its record and without scores", {
    timeout: 60_000,
  }, async () => {
    const out = join(place, "not-finite");
    const error = await run({ out, engine: withBadSamples(2) }).catch((e: Error) => e); // 1 is the base model
    expect(error).toBeInstanceOf(Diverged);
    expect((error as Error).message).toMatch(
      /^training diverged: the samples of the trained model are not finite \(image 1 of 4 has NaN\); try a lower/,
    );
    const [recordPath] = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((p) =>
      p.endsWith("record.json"),
    );
    const record = await readRecord(join(out, recordPath!));
    expect(record).toMatchObject({ exit: "diverged", metrics: null, times: { sample: null } });
    expect(record.weights.trained).toMatch(/^[0-9a-f]{64}$/);
    await expect(run({ out })).rejects.toThrow("this run diverged before");
  });

  it("fails without a record if the base model's samples are not finite", { timeout: 60_000 }, async () => {
    const out = join(place, "bad-base");
    await expect(run({ out, engine: withBadSamples(1) })).rejects.toThrow(/^the base model's samples are not finite/);
    expect(await run({ out })).toMatchObject({ already: false, record: { exit: "finished" } });
  });

  it("notes that --keep-state has no effect on a finished run, and is silent where it has", {
    timeout: 60_000,
  }, async () => {
    const out = join(place, "keep-state");
    const notes: string[] = [];
    const listener = { note: (text: string) => void notes.push(text) };
    const go = async (keepState: RunTask["keepState"]) => {
      notes.length = 0;
      await run({ out, listener, keepState: keepState! });
      return notes.filter((text) => text.includes("--keep-state")).join();
    };
    expect(await go("never")).not.toContain("no effect");
    expect(await go("never")).toBe("");
    expect(await go("auto")).toBe("");
    expect(await go("always")).toMatch(/^--keep-state always has no effect on a run that was .*delete .*seed-0$/);
    rmSync(out, { recursive: true });
    expect(await go("always")).toBe("");
    expect(await go("always")).toBe("");
    expect(await go("never")).toMatch(/^--keep-state never has no effect .*; delete .*state\.safetensors if/);
  });

  describe.runIf(process.platform === "linux")("on Linux, where open files can be listed", () => {
    it("keeps the file of its images open during a run and closes it at the end", { timeout: 60_000 }, async () => {
      const during: string[] = [];
      await run({ listener: { stage: (name) => void (name === "train" && during.push(...openFiles())) } });
      expect(during.filter((file) => !file.endsWith("metrics.jsonl"))).toHaveLength(1); // the log of steps is open, too
      expect(openFiles()).toEqual([]);
    });

    it("closes the file of its images when the run was finished before", async () => {
      expect(await run()).toMatchObject({ already: true });
      expect(openFiles()).toEqual([]);
    });

    it("stops while it reads the images into the file, and leaves no part of it", async () => {
      const out = join(place, "stopped-reading");
      await expect(run({ out, listener: { stopping: () => true } })).rejects.toThrow("stopped while reading images");
      expect(openFiles()).toEqual([]);
      expect(readdirSync(out, { recursive: true, encoding: "utf8" }).filter((p) => p.includes("photos"))).toEqual([]);
    });

    it("closes the file of its images when training diverges", async () => {
      await expect(run({}, { "training.learningRateScale": 1e30 })).rejects.toThrow("training diverged");
      expect(openFiles()).toEqual([]);
    });

    it("closes the file of its images when training fails", async () => {
      const broken = { ...engine, compile: () => Promise.reject(new Error("no such kernel")) };
      await expect(run({ engine: broken, seed: 1 })).rejects.toThrow("no such kernel");
      expect(openFiles()).toEqual([]);
    });

    it("closes the file of its images when a batch takes more images than there are", async () => {
      await expect(run({}, { "training.batch": 7 })).rejects.toThrow("has 6 images, but a batch has 7");
      expect(openFiles()).toEqual([]);
    });
  });
});
