// Samples of an interrupted sampling: continued to the same bits, and never mixed with other samples.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine } from "@dit-bench/compiler";
import { ditModel } from "@dit-bench/dit";
import { onFailingDisk } from "@dit-bench/files/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";
import { tinyConfig, tinyWeights } from "../training/tiny-dit.test.data.ts";
import { helpWhileWaiting } from "./help-while-waiting.ts";
import { joinKeptSamples, keyOfSamples, openKeptSamples, removeKeptSamples } from "./kept-samples.ts";
import { helpSampling, type SamplingTask, sample } from "./sample.ts";

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
      "key.txt",
      "samples-from-batch-0.safetensors",
      "samples-from-batch-1.safetensors",
    ]);
    const { x, otherSeconds } = await go("a");
    expect(x).toEqual(whole);
    expect(otherSeconds).toBeGreaterThan(0);
    expect((await go("b")).otherSeconds).toBe(0);
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
    expect(readdirSync(folder)).toEqual(["key.txt"]);
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

describe("a sampling that several processes share", () => {
  const many = { ...settings, batch: 1 };
  const task = { network, settings: many, seed: 0, labels };
  const place = () => ({ folder, key: "a" });
  const started = async () => {
    while (!existsSync(join(folder, "key.txt"))) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it("gives the same bits as that of one process, and makes no batch twice", async () => {
    const { x: whole } = await sample({ ...task, engine, listener: {} });
    const helper = await createEngine("cpu", { threads: 1 });
    const [owners, helpers] = [counting(engine), counting(helper)];
    const begun = vi.fn();
    const first = sample({ ...task, engine: owners.engine, kept: place(), listener: {} });
    await started();
    await helpSampling({ ...task, engine: helpers.engine, kept: place(), listener: {} }, begun);
    const { x, otherSeconds } = await first;
    expect(x).toEqual(whole);
    expect(begun).toHaveBeenCalledOnce();
    expect(helpers.runs()).toBeGreaterThan(0);
    expect(owners.runs() + helpers.runs()).toBe(7 * 5); // seven images, five steps each
    expect(otherSeconds).toBeGreaterThan(0);
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("goes on without a helper that stops or fails within a batch", async () => {
    const { x: whole } = await sample({ ...task, engine, listener: {} });
    for (const failure of ["stop", "error"]) {
      const first = sample({ ...task, engine, kept: { folder, key: failure }, listener: {} });
      while (keyOfSamples(folder) !== failure) await new Promise((resolve) => setTimeout(resolve, 1));
      const broken: Engine = { ...engine, compile: () => Promise.reject(new Error("no memory")) };
      const listener = failure === "stop" ? { stopping: () => true } : {};
      const helping = helpSampling(
        { ...task, engine: failure === "stop" ? engine : broken, kept: { folder, key: failure }, listener },
        () => {},
      );
      await expect(helping).rejects.toThrow(failure === "stop" ? "stopped while sampling" : "no memory");
      expect((await first).x).toEqual(whole);
    }
  });

  it("is not helped by a process that would make other samples, or before it begins", async () => {
    const compile = vi.fn();
    const help = (key: string) =>
      helpSampling({ ...task, engine: { ...engine, compile }, kept: { folder, key }, listener: {} }, () => {});
    await help("a");
    await goUntil("a", 7);
    await help("b");
    expect(compile).not.toHaveBeenCalled();
    expect(readdirSync(folder).sort()).toEqual(["key.txt", "samples-from-batch-0.safetensors"]);
  });

  it("is tried once by a process that waits, whose own errors end only its help", async () => {
    const notes: string[] = [];
    const help = vi.fn(async (_: string, begun: () => void) => {
      begun();
      throw new Error("no memory");
    });
    const meanwhile = helpWhileWaiting(folder, { note: (text) => void notes.push(text) }, help);
    await meanwhile();
    expect(help).not.toHaveBeenCalled();
    await goUntil("a", 7);
    await meanwhile();
    await meanwhile();
    expect(help).toHaveBeenCalledOnce();
    expect(notes).toEqual([
      "this process makes a part of the samples meanwhile",
      "this process cannot make a part of the samples: no memory",
    ]);
  });
});

/** The engine, and the number of runs of its compiled functions. */
function counting(inner: Engine): { engine: Engine; runs(): number } {
  let runs = 0;
  return {
    runs: () => runs,
    engine: {
      ...inner,
      async compile(...given) {
        const compiled = await inner.compile(...given);
        return {
          ...compiled,
          run: (inputs) => {
            runs++;
            return compiled.run(inputs);
          },
          setState: (state) => compiled.setState(state),
          getState: () => compiled.getState(),
          dispose: () => compiled.dispose(),
        };
      },
    },
  };
}

describe("kept samples", () => {
  const place = () => ({ folder, key: "k" });
  /** What a second process finds. */
  const found = (): Record<number, number> => {
    const values: Record<number, number> = {};
    openKeptSamples(
      place(),
      (batch, [value]) => {
        values[batch] = value!;
      },
      {},
    );
    return values;
  };

  it("are written some seconds after they were made, each batch once", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const kept = openKeptSamples(place(), () => {}, {});
    await kept.add(0, Float32Array.of(1));
    vi.advanceTimersByTime(3000);
    await kept.add(1, Float32Array.of(2));
    expect(found()).toEqual({});
    vi.advanceTimersByTime(2000);
    await kept.add(2, Float32Array.of(3));
    expect(found()).toEqual({ 0: 1, 1: 2, 2: 3 });
    vi.advanceTimersByTime(1000);
    await kept.add(3, Float32Array.of(4));
    await kept.flush();
    await kept.flush();
    expect(readdirSync(folder).length).toBe(3);
    expect(found()).toEqual({ 0: 1, 1: 2, 2: 3, 3: 4 });
    expect(openKeptSamples(place(), () => {}, {}).otherSeconds).toBe(6);
    expect(kept.otherSeconds).toBe(0);
  });

  it("are claimed by one process at a time, until they are written or given up", async () => {
    const [a, b] = [openKeptSamples(place(), () => {}, {}), joinKeptSamples(place())!];
    expect(await a.claim(0)).toBe(true);
    expect(await b.claim(0)).toBe(false);
    await a.add(0, Float32Array.of(1));
    expect(await b.claim(0)).toBe(false);
    await a.flush();
    expect(await b.claim(0)).toBe(false); // it is done
    expect(b.done).toEqual(new Set([0]));
    expect(await b.claim(1)).toBe(true);
    expect(await a.claim(1)).toBe(false);
    await b.flush(); // without a result
    expect(await a.claim(1)).toBe(true);
    await a.flush();
  });

  it("are given up by a process that cannot write them and lives on", async () => {
    const [a, b] = [openKeptSamples(place(), () => {}, {}), joinKeptSamples(place())!];
    expect(await b.claim(0)).toBe(true);
    await b.add(0, Float32Array.of(1));
    const failed = await onFailingDisk(folder, { failing: 1, forGood: true, code: "EDQUOT" }, () => b.flush());
    expect(String(failed.error)).toContain("disk quota exceeded");
    expect(await a.claim(0)).toBe(true);
    await a.flush();
  });

  it("are removed with their folder, after which a helper claims nothing", async () => {
    openKeptSamples(place(), () => {}, {});
    const helper = joinKeptSamples(place())!;
    removeKeptSamples(folder);
    removeKeptSamples(folder);
    expect(await helper.claim(0)).toBe(false);
    expect(joinKeptSamples(place())).toBeUndefined();
    expect(readdirSync(join(folder, ".."))).toEqual([]);
  });
});
