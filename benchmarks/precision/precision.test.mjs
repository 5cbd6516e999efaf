// Tests the comparison of two precisions, and that the published page follows from its records.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findRecords } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { groupsOf, meanDifference, page, pairsOf, verdictOf } from "./compare.mjs";

const published = fileURLToPath(new URL("../../results/precision", import.meta.url));
const read = async (/** @type {string} */ precision) =>
  (await findRecords(`${published}/records/${precision}`)).records.map(({ record }) => record);
const [float32, bfloat16] = await Promise.all([read("float32"), read("bfloat16")]);

describe("results/precision", () => {
  it("has 3 methods on 3 datasets with 3 seeds in each precision, from committed code", () => {
    for (const [records, engine] of /** @type {const} */ ([
      [float32, "openvino"],
      [bfloat16, "openvino+bfloat16"],
    ])) {
      expect(new Set(records.map(({ cell }) => `${cell.method} ${cell.dataset} ${cell.seed}`)).size).toBe(27);
      expect(records.filter(({ engine: { name }, code }) => name !== engine || !code.clean)).toEqual([]);
    }
  });

  it("has the page that follows from its records", () => {
    const [, title] = /^# (.*)$/m.exec(readFileSync(`${published}/README.md`, "utf8")) ?? [];
    expect(page(float32, bfloat16, String(title)) === readFileSync(`${published}/README.md`, "utf8")).toBe(true);
  });
});

describe("the mean difference", () => {
  it("counts each method and dataset once, with the interval of Student's t over seeds", () => {
    const pair = (/** @type {string} */ dataset, /** @type {number} */ seed, /** @type {number} */ difference) => ({
      ...{ method: "A", dataset, seed, fid: 10, other: 10 + difference },
    });
    // One cell: differences 1, 2, 3. t(0.975, 2) = 4.302653 (tables), standard error 1/√3.
    const { mean, interval } = meanDifference([pair("x", 0, 1), pair("x", 1, 2), pair("x", 2, 3)]);
    expect(mean).toBeCloseTo(2, 12);
    expect(interval?.[0]).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
    const two = [pair("x", 0, 1), pair("x", 1, 3), pair("y", 0, 5), pair("y", 1, 7), pair("y", 2, 6)];
    expect(meanDifference(two).mean).toBeCloseTo((2 + 6) / 2, 12);
  });

  it("is zero, with an interval, for runs that do not depend on the precision", () => {
    const equal = [0, 1].map((seed) => ({ method: "A", dataset: "x", seed, fid: 10, other: 10 }));
    expect(meanDifference(equal)).toEqual({ mean: 0, interval: [0, 0] });
  });

  it("has no interval, and shows nothing, if other differences have no spread", () => {
    const shifted = [0, 1].map((seed) => ({ method: "A", dataset: "x", seed, fid: 10 + seed, other: 12 + seed }));
    expect(meanDifference(shifted)).toEqual({ mean: 2, interval: null });
    const [all] = groupsOf(shifted);
    expect(verdictOf(all)).toMatch(/no interval: no change is shown/);
  });

  it("needs two seeds", () => {
    const one = { method: "A", dataset: "x", seed: 0, fid: 1, other: 2 };
    expect(() => meanDifference([one])).toThrow("at least two are needed");
  });
});

describe("pairs", () => {
  it("are refused if a run has no partner, or another one's settings", () => {
    expect(() => pairsOf(float32, bfloat16.slice(1))).toThrow(/: only one precision has it; run the same grid in both/);
    expect(() => pairsOf(float32.slice(1), bfloat16)).toThrow("26 and 27 records, expected one for each cell");
    const changed = float32.map((record, i) => (i === 0 ? { ...record, settings: {} } : record));
    expect(() => pairsOf(changed, bfloat16)).toThrow(/settings or data differ between the precisions/);
    const diverged = float32.map((record, i) => (i === 0 ? { ...record, metrics: null } : record));
    expect(() => pairsOf(diverged, bfloat16)).toThrow(/a run diverged and has no FID/);
  });
});
