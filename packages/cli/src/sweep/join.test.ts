// Sweeps one after the other into one file: which earlier choices stay, which are replaced, and what is refused.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sweep, SweepRun } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { place } from "../tiny-place.test.data.ts";
import type { TriedMethod } from "./choose.ts";
import { joinSweeps, readEarlierSweep, requireJoinable } from "./join.ts";

type Fid = number | "diverged" | "missing";
const datasets = [
  { name: "flowers", title: "Oxford Flowers" },
  { name: "sun", title: "SUN397" },
];
const conditions = { recipe: "mini", protocol: "mini/1", seed: 1000, datasets };
const runOf = (dataset: string, fid: Fid): SweepRun =>
  typeof fid === "number"
    ? { dataset, exit: "finished", identity: "a", fid, heldOutFid: null }
    : { dataset, exit: fid, identity: null, fid: null, heldOutFid: null };
/** A method with the FIDs of each value on flowers, and one more on sun. */
const tried = (method: string, fids: Record<string, Fid>, changes: Partial<TriedMethod> = {}): TriedMethod => ({
  method,
  label: method.toUpperCase(),
  option: "training.learningRate",
  options: {},
  default: 0.01,
  values: Object.entries(fids).map(([value, fid]) => ({
    value: Number(value),
    runs: [runOf("flowers", fid), runOf("sun", typeof fid === "number" ? fid + 1 : fid)],
  })),
  ...changes,
});
const lora = tried("lora", { "0.01": 20, "0.03": 10, "0.1": 15 });
const bitfit = tried("bitfit", { "0.01": 30, "0.03": 31 });
const joinTo = (earlier: Sweep | undefined, methods: readonly TriedMethod[], changes: object = {}) =>
  joinSweeps("sweep.json", earlier, { ...conditions, ...changes }, methods);
const first = joinTo(undefined, [lora]).sweep;
const choices = ({ methods }: Sweep) => methods.map(({ method, chosen }) => [method, chosen?.value]);

describe("joinSweeps", () => {
  it("keeps the choices of other methods, and prints them; repeated, it gives the same content", () => {
    const { sweep, own, notes } = joinTo(first, [bitfit]);
    expect(choices(sweep)).toEqual([
      ["lora", 0.03],
      ["bitfit", 0.01],
    ]);
    expect(choices(own)).toEqual([["bitfit", 0.01]]);
    expect(notes).toEqual([
      "sweep.json also keeps the choices of earlier sweeps under the same conditions: LORA (learning rate 0.03).",
    ]);
    expect(joinTo(sweep, [bitfit]).sweep).toEqual(sweep);
    expect(joinTo(sweep, [lora]).sweep).toEqual(sweep);
  });

  it("does not replace a choice by a sweep with a missing run or without a choice, and prints why", () => {
    for (const fid of ["missing", "diverged"] as const) {
      const failed = tried("lora", { "0.01": fid, "0.03": fid, "0.1": fid });
      const { sweep, own, notes } = joinTo(first, [failed]);
      expect(sweep).toEqual(first);
      expect(own.methods[0]!.problem).toBe(fid === "missing" ? "6 of 6 runs are missing" : "every value diverged");
      expect(notes).toEqual(["LORA: the file keeps the earlier choice, learning rate 0.03."]);
    }
    const partly = tried("lora", { "0.01": 20, "0.03": "missing", "0.1": 15 });
    expect(joinTo(first, [partly, bitfit]).sweep.methods[0]).toEqual(first.methods[0]);
  });

  it("replaces the choice among other values, and prints which one it was", () => {
    const { sweep, notes } = joinTo(first, [tried("lora", { "0.01": 20, "0.1": 15 })]);
    expect(choices(sweep)).toEqual([["lora", 0.1]]);
    expect(notes).toEqual([
      "LORA: this sweep replaces the earlier choice, learning rate 0.03, which was the best of 0.01, 0.03, 0.1.",
    ]);
  });

  it("takes the datasets in another order for the same", () => {
    const reversed = { ...bitfit, values: bitfit.values.map((one) => ({ ...one, runs: one.runs.toReversed() })) };
    const { sweep } = joinTo(first, [reversed], { datasets: datasets.toReversed() });
    expect(sweep).toEqual(joinTo(first, [bitfit]).sweep);
  });

  it("refuses to choose earlier methods by another score", () => {
    const held = (fid: number) => ({ ...runOf("flowers", fid), heldOutFid: fid });
    const measured = (method: string) => ({
      ...tried(method, {}),
      values: [0.01, 0.03].map((value) => ({ value, runs: [held(9), { ...held(9), dataset: "sun" }] })),
    });
    const earlier = joinTo(undefined, [measured("lora")]).sweep;
    expect(earlier.criterion).toBe("heldOutFid");
    expect(joinTo(earlier, [measured("bitfit")]).sweep.criterion).toBe("heldOutFid");
    expect(() => joinTo(earlier, [bitfit])).toThrow(
      /not all runs have the score by which these were chosen, heldOutFid/,
    );
  });

  it.each<[string, object, RegExp]>([
    ["another recipe", { recipe: "paper" }, /its recipe is mini, that of this sweep is paper/],
    ["another protocol", { protocol: "mini/1+ab" }, /its protocol is mini\/1, that of this sweep is mini\/1\+ab/],
    ["another seed", { seed: 7 }, /its seed is 1000, that of this sweep is 7; give another file with --output/],
    [
      "other datasets",
      { datasets: [datasets[0], { name: "cub", title: "CUB-200" }] },
      /they were made on Oxford Flowers and SUN397; this sweep is on Oxford Flowers and CUB-200/,
    ],
    [
      "other images of the same name",
      { datasets: [datasets[0], { name: "sun-2", title: "SUN397" }] },
      /made on flowers and sun; this sweep is on flowers and sun-2/,
    ],
  ])("refuses choices under other conditions: %s", (_, changes, message) => {
    const renamed = (changes as { datasets?: { name: string }[] }).datasets ?? datasets;
    const values = bitfit.values.map(({ value, runs }) => ({
      value,
      runs: runs.map((run, index) => ({ ...run, dataset: renamed[index]!.name })),
    }));
    expect(() => joinTo(first, [{ ...bitfit, values }], changes)).toThrow(message);
    expect(() => joinTo(first, [{ ...bitfit, values }], changes)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe("requireJoinable", () => {
  const check = (changes: Partial<TriedMethod>) =>
    requireJoinable("sweep.json", first, { ...conditions, datasets: datasets.map(({ title }) => ({ title })) }, [
      { ...lora, ...changes },
    ]);

  it("accepts the method again with other values, before the names of the datasets are known", () => {
    expect(() => check({})).not.toThrow();
  });

  it("refuses another option of the method, or the same with other options", () => {
    expect(() => check({ option: "rank", learningRate: 0.01 })).toThrow(
      "lora was swept over its learning rate, not its rank; its choice can be kept with --set " +
        "lora.learningRate=0.03; give another file with --output, or delete this one: the runs stay",
    );
    expect(() => check({ options: { rank: 4 } })).toThrow(/lora was swept with \{"options":\{\},.* has .*"rank":4/);
  });
});

describe("readEarlierSweep", () => {
  it("refuses a file that is no sweep, and finds nothing to keep where there is no file or no choice", async () => {
    const path = join(place, "mine.json");
    expect(await readEarlierSweep(path)).toBeUndefined();
    writeFileSync(path, '{"my": "notes"}');
    await expect(readEarlierSweep(path)).rejects.toThrow(
      /mine\.json is there and would be replaced, but it is no sweep/,
    );
    writeFileSync(path, JSON.stringify(first));
    expect(await readEarlierSweep(path)).toEqual(first);
    writeFileSync(path, JSON.stringify(joinTo(undefined, [tried("lora", { "1": "missing", "2": 1 })]).sweep));
    expect(await readEarlierSweep(path)).toBeUndefined();
  });
});
