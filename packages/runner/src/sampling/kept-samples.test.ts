// Samples of an interrupted sampling: continued to the same bits, and never mixed with other samples.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { openKeptSamples, removeKeptSamples } from "./kept-samples.ts";
import { type SamplingTask, sample } from "./sample.ts";

const config = tinyConfig(6);
const network = { config, infos: ditModel(config).weights, values: tinyWeights(config) };
const settings = {
  sampler: "ddpm",
  respacing: "5",
  guidance: 1.5,
  guidedChannels: "all",
  clipDenoised: true,
  images: 7,
  batch: 3,
} as const;
const labels = Int32Array.of(0, 1, 2, 0, 1, 2, 0); // batches of 3, 3 and 1

let folder: string;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine("cpu", { threads: 1 });
});
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "kept-samples-")), "samples");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(join(folder, ".."), { recursive: true });
});

const go = async (key: string, listener: Listener = {}, more: Partial<SamplingTask> = {}) =>
  sample({ engine, network, settings, seed: 0, labels, kept: { folder, key }, listener, ...more });

/** Samples until so many steps are done. */
const goUntil = async (key: string, steps: number) => {
  let done = 0;
  const listener: Listener = {
    progress: (n) => {
      done = n;
    },
    stopping: () => done >= steps,
  };
  await expect(go(key, listener)).rejects.toThrow(Interrupted);
};

describe("an interrupted sampling", () => {
  it("continues with the next batch and gives the same bits", async () => {
    const { x: whole } = await go("a", {}, { kept: undefined });
    await goUntil("a", 12); // in the third batch, whose steps are 11 to 15
    const notes: string[] = [];
    const seen: number[] = [];
    const { x } = await go("a", { note: (text) => void notes.push(text), progress: (n) => void seen.push(n) });
    expect(x).toEqual(whole);
    expect(notes).toEqual(["sampling continues after 6 of 7 images"]);
    expect(seen).toEqual([11, 12, 13, 14, 15]);
  });

  it("continues several times, and counts the seconds of all processes", async () => {
    const { x: whole } = await go("a", {}, { kept: undefined });
    await goUntil("a", 7);
    await goUntil("a", 12);
    expect(readdirSync(folder).sort()).toEqual([
      "samples-from-batch-0.safetensors",
      "samples-from-batch-1.safetensors",
    ]);
    const { x, earlierSeconds } = await go("a");
    expect(x).toEqual(whole);
    expect(earlierSeconds).toBeGreaterThan(0);
    expect((await go("b")).earlierSeconds).toBe(0);
  });

  it("compiles nothing if every batch is there", async () => {
    const { x: first } = await go("a");
    const compile = vi.fn(engine.compile);
    expect((await go("a", {}, { engine: { ...engine, compile } })).x).toEqual(first);
    expect(compile).not.toHaveBeenCalled();
  });

  it("starts again for other samples, and removes the files of those before", async () => {
    await goUntil("a", 12);
    const seen: number[] = [];
    await expect(go("b", { progress: (n) => void seen.push(n), stopping: () => true })).rejects.toThrow(Interrupted);
    expect(seen).toEqual([1]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("makes the samples of a damaged file again, with a note", async () => {
    const { x: whole } = await go("a", {}, { kept: undefined });
    await goUntil("a", 7);
    await goUntil("a", 12);
    const path = join(folder, "samples-from-batch-0.safetensors");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    const notes: string[] = [];
    expect((await go("a", { note: (text) => void notes.push(text) })).x).toEqual(whole);
    expect(notes[0]).toMatch(/samples-from-batch-0.safetensors.*its samples are made again/);
    expect(notes[1]).toBe("sampling continues after 3 of 7 images");
  });
});

describe("kept samples", () => {
  it("are written some seconds after they were made, each batch once", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const open = () => openKeptSamples({ folder, key: "k", listener: {} });
    const kept = open();
    kept.add(0, Float32Array.of(1));
    vi.advanceTimersByTime(3000);
    kept.add(1, Float32Array.of(2));
    expect([...open().batches.keys()]).toEqual([]);
    vi.advanceTimersByTime(2000);
    kept.add(2, Float32Array.of(3));
    expect([...open().batches.keys()].sort()).toEqual([0, 1, 2]);
    expect(open().seconds).toBe(5);
    vi.advanceTimersByTime(1000);
    kept.add(3, Float32Array.of(4));
    kept.flush();
    kept.flush();
    expect(readdirSync(folder).length).toBe(2);
    expect(open().batches.get(3)).toEqual(Float32Array.of(4));
    expect(open().seconds).toBe(6);
  });

  it("are removed with their folder", () => {
    const kept = openKeptSamples({ folder, key: "k", listener: {} });
    kept.add(0, Float32Array.of(1));
    kept.flush();
    removeKeptSamples(folder);
    removeKeptSamples(folder);
    expect(readdirSync(join(folder, ".."))).toEqual([]);
  });
});
