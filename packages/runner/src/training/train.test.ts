// The training loop: resuming after an interruption, continuing a shorter run, the fixed-batch loss, FID over training.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { linearSchedule } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Interrupted, NotFiniteSamples } from "../errors.ts";
import type { Listener } from "../events.ts";
import { loadMethod } from "../methods/methods.ts";
import { denoisingBatch, pixelBatch } from "./batches.ts";
import { readState, writeCheckpoint } from "./checkpoint.ts";
import { denoisingStep } from "./denoising-step.ts";
import { type FidCurve, hasAllPoints, isFidStep } from "./fid-curve.ts";
import { fixedBatch, isFixedBatchStep } from "./fixed-batch.ts";
import { findState } from "./kept-state.ts";
import { jsonLines } from "./step-log.ts";
import { tinyConfig, tinyImages, tinyWeights } from "./tiny-dit.test.data.ts";
import { Diverged, type Training, train } from "./train.ts";

const out = mkdtempSync(join(tmpdir(), "dit-bench-train-"));
afterAll(() => rmSync(out, { recursive: true }));

const config = tinyConfig(1);
const base = tinyWeights(config);
const schedule = linearSchedule();
const optimizer = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 } as const;
const images = {
  labels: tinyImages.labels,
  x0: (chosen: Parameters<typeof pixelBatch>[1]) => pixelBatch(tinyImages, chosen),
};
const lineage = "l";
let engine: Engine;
let training: (cell: string, steps: number, more?: Partial<Training>) => Training;
const folderOf = (cell: string) => join(out, cell, "flowers", "lora", "seed-0");

beforeAll(async () => {
  engine = await createEngine("cpu", { threads: 1 });
  const { method } = await loadMethod("lora");
  const adapted = attach(method, ditModel(config));
  training = (cell, steps, more = {}) => {
    const { listener = {}, engine: on = engine } = more;
    const batch = { batch: 4, seed: 0, flip: true, labelDropout: 0.1, nullClass: 3 };
    const evaluated = fixedBatch(images, schedule, 4);
    const folder = folderOf(cell);
    const owner = { identity: cell, lineage, engine: on.name };
    mkdirSync(folder, { recursive: true });
    return {
      engine: on,
      step: denoisingStep(adapted, config, base, 4, { optimizer, emaDecay: 0.9 }),
      start: adapted.initial(base, 0),
      steps,
      optimizer: () => optimizer,
      batch: (step) => denoisingBatch(tinyImages, schedule, batch, step),
      fixedBatch: {
        step: denoisingStep(adapted, config, base, evaluated.images, { optimizer, emaDecay: 0.9 }),
        batch: evaluated.batch,
        isDue: (step) => isFixedBatchStep(step, steps, 4),
      },
      checkpoint: { path: join(folder, "checkpoint.safetensors"), identity: cell, lineage },
      earlier: (parameters) => findState({ out, cell: folder, owner, steps, listener }, parameters),
      listener,
      ...more,
    };
  };
});

/** Trains to the end and keeps the state, as a finished run does. */
async function finish(cell: string, steps: number, more: Partial<Training> = {}) {
  const notes: string[] = [];
  const listener: Listener = { note: (text) => notes.push(text) };
  const trained = await train(training(cell, steps, { listener, ...more }));
  const checkpoint = join(folderOf(cell), "checkpoint.safetensors");
  if (existsSync(checkpoint)) renameSync(checkpoint, join(folderOf(cell), "state.safetensors"));
  return { trained, notes: notes.join("\n") };
}

const parametersOf = ({ step }: Training) => step.trainable.reduce((sum, { shape }) => sum + size(shape), 0);

/** Stops after `step` steps. */
const stoppingAfter = (step: number): Listener => {
  let done = 0;
  return {
    progress: (n) => {
      done = n;
    },
    stopping: () => done >= step,
  };
};

describe("training", () => {
  let straight: Awaited<ReturnType<typeof finish>>["trained"];
  const result = ({ ema, losses, fixedBatchLoss }: typeof straight) => ({ ema, losses, fixedBatchLoss });

  it("evaluates the fixed batch at the first and the last step without changing the training", async () => {
    straight = (await finish("straight", 40, { earlier: async () => undefined })).trained;
    expect(straight.fixedBatchLoss.map(({ step }) => step)).toEqual([0, 32, 40]);
    const { fixedBatch: _, ...without } = training("without", 40, { earlier: async () => undefined });
    const plain = await train(without);
    expect(plain.ema).toEqual(straight.ema);
    expect(plain.losses).toEqual(straight.losses);
    expect(plain.fixedBatchLoss).toEqual([]);
    rmSync(join(out, "straight"), { recursive: true });
    rmSync(join(out, "without"), { recursive: true });
  });

  it("continues a shorter run with the same result as an uninterrupted one, also when interrupted itself", async () => {
    const short = (await finish("short", 32)).trained;
    expect(short.continuedFrom).toBeUndefined();
    await expect(train(training("longer", 40, { listener: stoppingAfter(36) }))).rejects.toThrow("after step 36 of 40");
    const { trained, notes } = await finish("longer", 40);
    expect(notes).toBe("resuming after step 36 of 40");
    expect(trained.continuedFrom).toEqual({ steps: 32, identity: "short" });
    expect(trained.resumes).toBe(1);
    expect(result(trained)).toEqual(result(straight));
  });

  it("writes every step once to its log, also after a kill between two checkpoints and a resume", async () => {
    const path = join(out, "metrics.jsonl");
    const logged = () =>
      readFileSync(path, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    const more = { log: jsonLines(path), earlier: async () => undefined };
    await train(training("logged", 12, { ...more, listener: stoppingAfter(7) })).catch(() => {});
    const checkpoint = join(folderOf("logged"), "checkpoint.safetensors");
    const atSeven = readFileSync(checkpoint);
    await train(training("logged", 12, { ...more, listener: stoppingAfter(9) })).catch(() => {});
    expect(logged().map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    writeFileSync(checkpoint, atSeven); // as if the process had been killed after step 9
    const { losses, fixedBatchLoss } = await train(training("logged", 12, more));
    const lines = logged();
    expect(lines.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(lines.slice(1).map(({ loss }) => Math.fround(loss))).toEqual(losses);
    expect(lines.slice(1).every((line) => line.stepMilliseconds > 0 && line.learningRate === 1e-3)).toBe(true);
    const evaluated = lines.filter((line) => line.fixedBatchLoss !== undefined);
    expect(evaluated.map(({ step, fixedBatchLoss: value }) => ({ step, value: Math.fround(value) }))).toEqual(
      fixedBatchLoss,
    );
    rmSync(join(out, "logged"), { recursive: true });
  });

  it("diverges if the last update makes weights so large that the model's output is not finite", async () => {
    const tooHigh = () => ({ ...optimizer, lr: 1e20 });
    const task = training("too-large", 1, { earlier: async () => undefined, optimizer: tooHigh });
    await expect(train(task)).rejects.toThrow(
      /training diverged: the loss of the averaged weights is not finite after the last step; .*learningRate=RATE/,
    );
    rmSync(join(out, "too-large"), { recursive: true });
  });

  it.each([
    [undefined, "check the base model, or choose another --engine"],
    ["./mine.mjs", "'bench check-method' shows whether the method computes numbers that are not finite"],
  ])("advises no lower rate if the first loss of the plug-in %s is not finite: %s", async (plugin, advice) => {
    const good = training("not-finite", 2, { earlier: async () => undefined });
    const start = Object.fromEntries(Object.entries(good.start).map(([name, v]) => [name, v.map(() => Number.NaN)]));
    const step = { ...good.step, ...(plugin !== undefined && { plugin }) };
    const error = await train({ ...good, step, start }).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Diverged);
    expect((error as Diverged).message).toBe(
      "training diverged: lora: the loss of step 0 is NaN, before any weight has changed; " +
        `no learning rate helps: ${advice}`,
    );
    rmSync(join(out, "not-finite"), { recursive: true });
  });

  it("continues from the longest usable state, and trains no step where that state is complete", async () => {
    const again = await finish("other-sampling", 40);
    expect(again.notes).toMatch(/^continuing after step 40 of .*longer.*state\.safetensors$/);
    expect(result(again.trained)).toEqual(result(straight));
    const between = await finish("between", 36);
    expect(between.notes).toMatch(/^continuing after step 32 of .*short.*state\.safetensors$/);
  });

  it("skips a damaged state and a state of another engine, with a note, and a state of another lineage", async () => {
    const state = join(folderOf("longer"), "state.safetensors");
    const bytes = readFileSync(state);
    bytes[bytes.length - 5]! ^= 4;
    writeFileSync(state, bytes);
    rmSync(join(out, "between"), { recursive: true });
    const fallback = await finish("after-damage", 40);
    expect(fallback.notes).toMatch(/not used: .*longer.*does not match its SHA-256.*\n.*after step 32 of .*short/);
    expect(result(fallback.trained)).toEqual(result(straight));

    const none = await finish("alone", 4, { earlier: async () => undefined });
    const other = { ...engine, name: "cuda" };
    const elsewhere = await finish("elsewhere", 4, { engine: other });
    expect(elsewhere.notes).toMatch(/is not continued: it was made on engine cpu, and engine cuda rounds differently/);
    expect(elsewhere.trained.continuedFrom).toBeUndefined();
    expect(elsewhere.trained.losses).toEqual(none.trained.losses);
  });
});

describe("the costs of a training", () => {
  const none = { earlier: async () => undefined };
  const spent = (total: number, peakBytes: number) => ({
    spent: () => ({ seconds: { data: 1, total }, peakBytes }),
  });

  it("are summed over its processes, up to their checkpoints, and have the largest peak", async () => {
    const first = training("costs", 8, { ...none, ...spent(100, 5e9), listener: stoppingAfter(3) });
    await expect(train(first)).rejects.toThrow("after step 3 of 8");
    const second = training("costs", 8, { ...none, ...spent(20, 2e9), listener: stoppingAfter(6) });
    await expect(train(second)).rejects.toThrow("after step 6 of 8");
    const { earlierCosts } = (await finish("costs", 8, { ...none, ...spent(3, 1e9) })).trained;
    expect(earlierCosts).toMatchObject({ seconds: { data: 2, total: 120 }, peakBytes: 5e9 });
    expect(earlierCosts.seconds.compile).toBeGreaterThan(0);
    // A run that only samples with other settings has the costs of the training, too.
    const place = {
      out,
      cell: folderOf("costs-again"),
      owner: { identity: "costs-again", lineage, engine: engine.name },
    };
    const again = training("costs-again", 8, {
      ...spent(50, 1e9),
      earlier: (parameters) => findState({ ...place, steps: 8, listener: {} }, parameters),
    });
    expect((await train(again)).earlierCosts).toMatchObject({ seconds: { total: 123 }, peakBytes: 5e9 });
    for (const cell of ["costs", "costs-again"]) rmSync(join(out, cell), { recursive: true });
  });

  it("count the training seconds of a checkpoint of an older version, which has no costs", async () => {
    const stopped = training("costs-older", 8, { ...none, listener: stoppingAfter(3) }); // stores no costs
    await expect(train(stopped)).rejects.toThrow("after step 3 of 8");
    const { seconds } = readState(stopped.checkpoint.path, parametersOf(stopped));
    const { trained } = await finish("costs-older", 8, { ...none, ...spent(3, 1e9) });
    expect(trained.earlierCosts).toEqual({ seconds: { total: seconds }, peakBytes: 0 });
    expect(trained.resumes).toBe(1);
    rmSync(join(out, "costs-older"), { recursive: true });
  });

  it("have the step time of all parts, not of the last one alone", async () => {
    const stopped = training("step-time", 8, { ...none, listener: stoppingAfter(7) });
    await expect(train(stopped)).rejects.toThrow("after step 7 of 8");
    const {
      identity: _,
      lineage: __,
      engine: ___,
      ...state
    } = readState(stopped.checkpoint.path, parametersOf(stopped));
    const owner = { identity: "step-time", lineage, engine: engine.name };
    writeCheckpoint(stopped.checkpoint.path, owner, { ...state, stepMilliseconds: 1e6 });
    const { trained } = await finish("step-time", 8, none);
    expect(trained.stepMilliseconds).toBeGreaterThan(7e5); // seven of eight steps
    expect(trained.stepMilliseconds).toBeLessThan(9e5);
    rmSync(join(out, "step-time"), { recursive: true });
  });
});

describe("training with an FID over training", () => {
  /** A stand-in for the FID: the first trained weight. The key and the samples are those of a real curve. */
  const curve = (steps: number, every: number, key = "k"): FidCurve => ({
    key,
    isDue: (step) => isFidStep(step, steps, every),
    measure: async (step, ema) => ({ step, value: Object.values(ema)[0]![0]!, samples: 2 }),
  });
  const problemOf = (fidCurve: FidCurve) => (earlier: Parameters<typeof hasAllPoints>[1]) =>
    hasAllPoints(fidCurve, earlier) ? undefined : "it has no FID";
  const withCurve = (cell: string, steps: number, fidCurve: FidCurve, listener: Listener = {}): Partial<Training> => {
    const owner = { identity: cell, lineage, engine: engine.name };
    const place = { out, cell: folderOf(cell), owner, steps, problemOf: problemOf(fidCurve), listener };
    return { fidCurve, listener, earlier: (parameters) => findState(place, parameters) };
  };
  const none = { earlier: async () => undefined };
  let straight: Awaited<ReturnType<typeof finish>>["trained"];

  it("measures the first step, every few steps and the last, without changing the training", async () => {
    const plain = (await finish("curve-plain", 20, none)).trained;
    straight = (await finish("curve-straight", 20, { ...none, fidCurve: curve(20, 8) })).trained;
    expect(straight.fid!.points.map(({ step }) => step)).toEqual([0, 8, 16, 20]);
    expect(new Set(straight.fid!.points.map(({ value }) => value)).size).toBe(4);
    expect(straight.ema).toEqual(plain.ema);
    expect(straight.fid!.points.at(-1)!.value).toBe(Object.values(plain.ema)[0]![0]);
    expect(plain.fid).toBeUndefined();
    for (const cell of ["curve-plain", "curve-straight"]) rmSync(join(out, cell), { recursive: true });
  });

  it("has the same points after an interruption", async () => {
    await expect(
      train(training("curve-stopped", 20, { ...none, fidCurve: curve(20, 8), listener: stoppingAfter(11) })),
    ).rejects.toThrow("after step 11 of 20");
    const { trained, notes } = await finish("curve-stopped", 20, { ...none, fidCurve: curve(20, 8) });
    expect(notes).toBe("resuming after step 11 of 20");
    expect(trained.fid).toEqual(straight.fid);
    rmSync(join(out, "curve-stopped"), { recursive: true });
  });

  it("keeps its steps if it ends while a point is measured, and measures it after the resume", async () => {
    const endingAt = (step: number, error: Error): FidCurve => ({
      ...curve(20, 8),
      measure: async (at, ema) => {
        if (at === step) throw error;
        return curve(20, 8).measure(at, ema);
      },
    });
    for (const [step, kept, error] of [
      [8, 8, new Error("out of memory")],
      [16, 16, new Interrupted("stopped while sampling")],
      // The last step is done again, since its checkpoint would be taken for the whole training.
      [20, 16, new Interrupted("stopped while sampling")],
    ] as const) {
      const ended = training("curve-in-point", 20, { ...none, fidCurve: endingAt(step, error) });
      await expect(train(ended)).rejects.toThrow(error);
      expect(readState(ended.checkpoint.path, parametersOf(ended)).step).toBe(kept);
    }
    const { trained } = await finish("curve-in-point", 20, { ...none, fidCurve: curve(20, 8) });
    expect(trained.fid).toEqual(straight.fid);
    expect(trained.ema).toEqual(straight.ema);
    rmSync(join(out, "curve-in-point"), { recursive: true });
  });

  it("keeps its points if an older version gave the curve another key: the identity of the run covers it", async () => {
    const former = { ...none, fidCurve: curve(20, 8, "former key"), listener: stoppingAfter(11) };
    await expect(train(training("curve-former", 20, former))).rejects.toThrow("after step 11 of 20");
    const { trained } = await finish("curve-former", 20, { ...none, fidCurve: curve(20, 8) });
    expect(trained.fid).toEqual(straight.fid);
    const again = training("curve-former", 20, withCurve("curve-former", 20, curve(20, 8, "latest key")));
    expect((await train(again)).fid!.points).toEqual(straight.fid!.points);
    rmSync(join(out, "curve-former"), { recursive: true });
  });

  it("diverges where samples are not finite, except before the first step: no training is at fault there", async () => {
    const failingAt = (bad: number): FidCurve => ({
      ...curve(8, 4),
      measure: async (step) => {
        if (step === bad) throw new NotFiniteSamples("image 1 of 2 has NaN", "cpu");
        return { step, value: 1, samples: 2 };
      },
    });
    const error = await train(training("curve-nan", 8, { ...none, fidCurve: failingAt(4) })).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Diverged);
    expect((error as Diverged).message).toMatch(
      /^training diverged: the samples after step 4 are not finite \(image 1 of 2 has NaN\); try a lower/,
    );
    expect((error as Diverged).trained.losses).toHaveLength(4);
    await expect(train(training("curve-nan-0", 8, { ...none, fidCurve: failingAt(0) }))).rejects.toThrow(
      /^the samples are not finite: image 1 of 2 has NaN, on engine cpu; .* or choose another --engine$/,
    );
    for (const name of ["curve-nan", "curve-nan-0"]) rmSync(join(out, name), { recursive: true, force: true });
  });

  it("has no point of weights that are not finite: the training diverges instead", async () => {
    const measured: number[] = [];
    const fidCurve: FidCurve = {
      ...curve(4, 1),
      measure: async (step, ema) => {
        measured.push(...Object.values(ema).flatMap((values) => [...values]));
        return { step, value: 1, samples: 2 };
      },
    };
    const tooHigh = () => ({ ...optimizer, lr: 1e39 }); // infinite as a float32
    const task = training("curve-diverged", 4, { ...none, fidCurve, optimizer: tooHigh });
    await expect(train(task)).rejects.toThrow(Diverged);
    expect(measured.length).toBeGreaterThan(0);
    expect(measured.every((value) => Number.isFinite(value))).toBe(true);
  });

  it("continues a shorter run that has the points, and trains again where they are missing or others", async () => {
    const points = straight.fid!.points;
    await finish("curve-short", 16, { ...none, fidCurve: curve(16, 8) });
    const notes: string[] = [];
    const listener: Listener = { note: (text) => notes.push(text) };
    const longer = await train(training("curve-longer", 20, withCurve("curve-longer", 20, curve(20, 8), listener)));
    expect(longer.continuedFrom).toEqual({ steps: 16, identity: "curve-short" });
    expect(longer.fid!.points).toEqual(points);
    notes.length = 0;
    for (const other of [curve(20, 4), curve(20, 8, "other sampling")]) {
      const cell = `curve-${other.key}-${notes.length}`;
      const again = await train(training(cell, 20, withCurve(cell, 20, other, listener)));
      expect(again.continuedFrom).toBeUndefined();
      expect(again.fid!.points.at(-1)).toEqual(points.at(-1));
    }
    expect(notes.join("\n")).toMatch(/curve-short.*state\.safetensors is not continued: it has no FID/);
  });
});
