// Tests the ranking, with published data for the paired t test.

import { expect, test } from "vitest";
import { rankRows } from "./ranking.ts";
import type { Cell, IntervalBasis } from "./scores.ts";

/** A row with the given FIDs, one list per dataset. */
function row(...fids: number[][]) {
  const cells: Cell[] = fids.map((values) => ({
    fids: values,
    seeds: values.map((_, seed) => seed),
    diverged: [],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    deviation: null,
  }));
  const basis: IntervalBasis = fids.every((values) => values.length > 1) ? "seeds" : "samples";
  return { cells, average: { mean: 0, interval: [0, 0] as [number, number], basis } };
}

test("separates methods by a small difference on every dataset, not by a large one on a single dataset", () => {
  const base = row([10], [40], [20], [5]);
  const steady = row([11], [41.2], [20.9], [6.1]);
  const erratic = row([30], [35], [22], [3]);
  expect(rankRows([base, steady])).toEqual({ ranks: [1, 2], pairing: "datasets", basis: "samples" });
  expect(rankRows([base, erratic])).toEqual({ ranks: [1, 1], pairing: "datasets", basis: "samples" });
});

test("separates Student's sleep data by the paired t test, but not after the sign of one difference is flipped", () => {
  // Student (1908): extra hours of sleep of ten patients under two drugs; paired t = 4.0621, p = 0.002833 (R's t.test).
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2].map((hours) => [hours]);
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4].map((hours) => [hours]);
  expect(rankRows([row(...second), row(...first)]).ranks).toEqual([2, 1]);
  // The difference of 4.6 hours as -4.6: mean 0.66, t = 0.9774, p = 0.354 (R's t.test).
  const flipped = second.map((hours, patient) => (patient === 8 ? [-4.6] : hours));
  expect(rankRows([row(...flipped), row(...first)]).ranks).toEqual([1, 1]);
});

test("does not count many seeds on few datasets as many datasets", () => {
  const seeds = (level: number) => Array.from({ length: 20 }, (_, seed) => level + 0.01 * (seed % 3));
  const a = row(seeds(10), seeds(20));
  const b = row(seeds(10.5), seeds(22));
  expect(rankRows([a, b]).ranks).toEqual([1, 1]); // two differences, 0.5 and 2: t needs 12.7
});

test("on one dataset, pairs the seeds that both methods share", () => {
  expect(rankRows([row([10, 11, 12]), row([13, 14.1, 14.9])])).toEqual({
    ranks: [1, 2],
    pairing: "seeds",
    basis: "seeds",
  });
  expect(rankRows([row([10, 11, 12]), row([13])])).toEqual({ ranks: [null, null], pairing: null, basis: null });
  const [several, one] = [
    [row([10, 11, 12]), row([13, 14.1, 14.9])],
    [row([5]), row([6]), row([7])],
  ];
  expect(rankRows([...several, ...one]).ranks).toEqual([1, 2, null, null, null]); // also if most rows have one seed
});

test("differences that are all equal, up to rounding, separate nothing", () => {
  expect(rankRows([row([10, 11]), row([13, 14])]).ranks).toEqual([1, 1]);
  expect(rankRows([row([10.1, 20.3, 0.7]), row([13.1, 23.3, 3.7])]).ranks).toEqual([1, 1]);
  expect(rankRows([row([10], [20]), row([13.1], [23.1])]).ranks).toEqual([1, 1]);
  expect(rankRows([row([10, 11]), row([13, 14.001])]).ranks).toEqual([1, 2]);
});

test("gives no ranks for one dataset with one seed, nor for a single method", () => {
  expect(rankRows([row([10]), row([99])])).toEqual({ ranks: [null, null], pairing: null, basis: null });
  expect(rankRows([row([10], [20])])).toEqual({ ranks: [null], pairing: null, basis: null });
});

test("a rank is 1 plus the number of methods shown to be better; rows without an average have no rank", () => {
  const best = row([10], [20], [30]);
  const equal = row([10.1], [19.8], [30.2]);
  const worse = row([15], [25.1], [34.9]);
  const gap = { ...row([1], [1], [1]), average: null };
  expect(rankRows([worse, gap, best, equal]).ranks).toEqual([3, null, 1, 1]);
});

test("does not rank rows whose averages have different bases against each other", () => {
  const seeds = (level: number) => [level, level + 1, level - 1];
  const [a, b, c] = [row(seeds(10), seeds(40)), row(seeds(12), seeds(42.1)), row([90], [95])];
  expect(rankRows([a, b, c])).toEqual({ ranks: [1, 2, null], pairing: "datasets", basis: "seeds" });
  // The larger group is ranked; at a tie, the group with basis `seeds`.
  expect(rankRows([a, c, row([91], [96.1])])).toEqual({ ranks: [null, 1, 2], pairing: "datasets", basis: "samples" });
  expect(rankRows([a, b, c, row([91], [96.1])]).ranks).toEqual([1, 2, null, null]);
});

test("does not rank a row that shares fewer than two seeds with every other row", () => {
  const alone = row([50, 51]);
  alone.cells[0]!.seeds = [7, 8];
  expect(rankRows([row([10, 11]), row([12, 13.1]), alone]).ranks).toEqual([1, 2, null]);
});
