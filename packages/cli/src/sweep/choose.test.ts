// The rule by which a sweep chooses: ties, divergence, missing runs, the edges of the values, the criterion.

import type { SweepRun } from "@dit-bench/record";
import type { CellOutcome } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { chooseValue, chooseValues, type TriedMethod, toSweepRun } from "./choose.ts";

type Fid = number | "diverged" | "missing";
const run = (dataset: string, fid: Fid, heldOutFid: number | null = null): SweepRun =>
  typeof fid === "number"
    ? { dataset, exit: "finished", identity: "a", fid, heldOutFid }
    : { dataset, exit: fid, identity: null, fid: null, heldOutFid: null };

const about = { recipe: "mini", protocol: "mini/1", seed: 1000, datasets: [{ name: "a", title: "A" }] };
/** A method with one run for each value and dataset. */
const method = (fids: Record<string, readonly Fid[]>, usual: number | string = 0.01): TriedMethod => ({
  method: "lora",
  label: "LoRA-R8",
  option: "training.learningRate",
  options: {},
  default: usual,
  values: Object.entries(fids).map(([value, row]) => ({
    value: Number.isNaN(Number(value)) ? value : Number(value),
    runs: row.map((fid, index) => run(String(index), fid)),
  })),
});
/** What is chosen from FIDs by value. Keys with a dot keep their order. */
const choose = (fids: Record<string, readonly Fid[]>, usual?: number | string) => {
  const [chosen] = chooseValues(about, [method(fids, usual)]).methods;
  return { ...chosen!.chosen, edge: chosen!.edge, problem: chosen!.problem };
};

describe("chooseValues", () => {
  it("chooses the lowest mean over the datasets", () => {
    const found = choose({ "0.003": [10, 40], "0.01": [20, 20], "0.03": [30, 11] });
    expect(found).toMatchObject({ value: 0.01, isDefault: true });
    expect(choose({ "0.003": [10, 40], "0.01": [20, 22], "0.03": [30, 11], "0.1": [99, 99] })).toEqual({
      value: 0.03,
      isDefault: false,
    });
  });

  it("chooses the default value of equal ones, or else the first", () => {
    expect(choose({ "0.003": [10], "0.01": [10], "0.03": [11] })).toMatchObject({ value: 0.01, isDefault: true });
    expect(choose({ "0.001": [12], "0.003": [10], "0.01": [11], "0.03": [10], "0.1": [12] })).toEqual({
      value: 0.003,
      isDefault: false,
    });
  });

  it("does not choose a value that diverged on one dataset, however good the others are", () => {
    const found = choose({ "0.003": [30, 30], "0.01": [25, 25], "0.03": [1, "diverged"] });
    expect(found).toEqual({ value: 0.01, isDefault: true }); // and no edge: a higher value was tried
  });

  it("chooses nothing if every value diverged, or if a run is missing, since its value might be the best", () => {
    expect(choose({ "0.01": ["diverged"], "0.03": ["diverged"] })).toEqual({ problem: "every value diverged" });
    expect(choose({ "0.01": [10, 10], "0.03": [9, "missing"], "0.1": ["diverged", "missing"] })).toEqual({
      problem: "2 of 6 runs are missing",
    });
  });

  it("reports the best value at an edge of numbers, and no edge of other values", () => {
    expect(choose({ "0.003": [9], "0.01": [10] }).edge).toBe("lowest");
    expect(choose({ "0.003": [11], "0.01": [10] }).edge).toBe("highest");
    expect(choose({ "0.003": [11], "0.01": [10], "0.03": [11] }).edge).toBeUndefined();
    expect(choose({ "blocks.0": [9], "blocks.1": [10] }, "blocks.1")).toEqual({ value: "blocks.0", isDefault: false });
  });

  it("counts the runs of a method without the missing ones", () => {
    const { methods } = chooseValues(about, [method({ "0.01": [10, "diverged"], "0.03": [9, "missing"] })]);
    expect(methods[0]!.runs).toBe(3);
    expect(methods[0]!.values.map(({ score }) => score)).toEqual([null, null]);
  });

  it("takes the held-out FID where every finished run of the sweep has it, and else the other for all", () => {
    const values = (heldOut: (number | null)[]) =>
      heldOut.map((score, index) => ({ value: index + 1, runs: [run("a", 10 + index, score)] }));
    const one = (heldOut: (number | null)[]): TriedMethod => ({ ...method({}), values: values(heldOut) });
    const held = chooseValues(about, [one([30, 20])]);
    expect(held.criterion).toBe("heldOutFid");
    expect(held.methods[0]!.chosen!.value).toBe(2);
    const mixed = chooseValues(about, [one([30, 20]), one([30, null])]);
    expect(mixed.criterion).toBe("fid");
    expect(mixed.methods.map(({ chosen }) => chosen!.value)).toEqual([1, 1]);
  });
});

describe("chooseValue", () => {
  it("compares values of any kind with the default", () => {
    const tried = [["a"], ["b"]].map((value) => ({ value, score: 1, runs: [run("a", 1)] }));
    expect(chooseValue(tried, ["b"])).toEqual({ chosen: { value: ["b"], isDefault: true } });
  });
});

describe("toSweepRun", () => {
  const record = (scores?: object) => ({ identity: "i", metrics: { fid: 5, ...(scores && { scores }) } });
  const finished = (scores?: object) =>
    ({ kind: "finished", already: true, record: record(scores) }) as unknown as CellOutcome;

  it("reads FID and held-out FID of a record, which older records do not have", () => {
    const expected = { dataset: "a", exit: "finished", identity: "i", fid: 5, heldOutFid: null };
    expect(toSweepRun("a", finished())).toEqual(expected);
    expect(toSweepRun("a", finished({ heldOutFid: { value: 7 } }))).toEqual({ ...expected, heldOutFid: 7 });
  });

  it("tells divergence, by its exit code, from other failures", () => {
    const failed = (exitCode: number): CellOutcome => ({ kind: "failed", exitCode, message: "" });
    expect(toSweepRun("a", failed(5)).exit).toBe("diverged");
    expect(toSweepRun("a", failed(1)).exit).toBe("missing");
    expect(toSweepRun("a", undefined).exit).toBe("missing");
  });
});
