import { expect, test } from "vitest";
import type { Cell } from "./comparison.ts";
import { rankRows } from "./ranking.ts";

/** A row of chosen FIDs per dataset and seed. */
function row(...fids: number[][]) {
  const cells: Cell[] = fids.map((values) => ({
    fids: values,
    seeds: values.map((_, seed) => seed),
    diverged: [],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    deviation: null,
  }));
  return { cells, average: { mean: 0, standardError: 0, interval: [0, 0] as [number, number] } };
}

test("a small difference that holds on every dataset separates, a large one that does not, does not", () => {
  const base = row([10], [40], [20], [5]);
  const steady = row([11], [41.2], [20.9], [6.1]);
  const erratic = row([30], [35], [22], [3]);
  expect(rankRows([base, steady], 0.95)).toEqual({ ranks: [1, 2], pairing: "datasets" });
  expect(rankRows([base, erratic], 0.95)).toEqual({ ranks: [1, 1], pairing: "datasets" });
});

test("the paired interval is Student's: Student's own sleep data separate at 95 and not at 99.9 %", () => {
  // Student (1908): extra hours of sleep of ten patients under two drugs; paired t = 4.0621, p = 0.002833 (R's t.test).
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2].map((hours) => [hours]);
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4].map((hours) => [hours]);
  const rows = [row(...second), row(...first)];
  expect(rankRows(rows, 0.95).ranks).toEqual([2, 1]);
  expect(rankRows(rows, 0.997).ranks).toEqual([2, 1]); // 1 − 0.997 = 0.003 > p
  expect(rankRows(rows, 0.9975).ranks).toEqual([1, 1]); // 0.0025 < p
});

test("many seeds on few datasets do not count as many datasets", () => {
  const seeds = (level: number) => Array.from({ length: 20 }, (_, seed) => level + 0.01 * (seed % 3));
  const a = row(seeds(10), seeds(20));
  const b = row(seeds(10.5), seeds(22));
  expect(rankRows([a, b], 0.95).ranks).toEqual([1, 1]); // two differences, 0.5 and 2: t needs 12.7
});

test("on one dataset the seeds are the pairs, and only the seeds that both have", () => {
  expect(rankRows([row([10, 11, 12]), row([13, 14.1, 14.9])], 0.95)).toEqual({ ranks: [1, 2], pairing: "seeds" });
  expect(rankRows([row([10, 11, 12]), row([13])], 0.95)).toEqual({ ranks: [null, null], pairing: null });
});

test("one dataset with one seed gives no ranks, and neither does one method", () => {
  expect(rankRows([row([10]), row([99])], 0.95)).toEqual({ ranks: [null, null], pairing: null });
  expect(rankRows([row([10], [20])], 0.95)).toEqual({ ranks: [null], pairing: null });
});

test("a rank is one more than the number of methods that are shown to be better; rows without average have none", () => {
  const best = row([10], [20], [30]);
  const equal = row([10.1], [19.8], [30.2]);
  const worse = row([15], [25.1], [34.9]);
  const gap = { ...row([1], [1], [1]), average: null };
  expect(rankRows([worse, gap, best, equal], 0.95).ranks).toEqual([3, null, 1, 1]);
});
