import { expect, test } from "vitest";
import { rankRows } from "./ranking.ts";
import type { Basis, Cell } from "./scores.ts";

/** A row of chosen FIDs per dataset and seed. */
function row(...fids: number[][]) {
  const cells: Cell[] = fids.map((values) => ({
    fids: values,
    seeds: values.map((_, seed) => seed),
    diverged: [],
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    deviation: null,
  }));
  const basis: Basis = fids.every((values) => values.length > 1) ? "seeds" : "samples";
  return { cells, average: { mean: 0, standardError: 0, interval: [0, 0] as [number, number], basis } };
}

test("a small difference that holds on every dataset separates, a large one that does not, does not", () => {
  const base = row([10], [40], [20], [5]);
  const steady = row([11], [41.2], [20.9], [6.1]);
  const erratic = row([30], [35], [22], [3]);
  expect(rankRows([base, steady])).toEqual({ ranks: [1, 2], pairing: "datasets", basis: "samples" });
  expect(rankRows([base, erratic])).toEqual({ ranks: [1, 1], pairing: "datasets", basis: "samples" });
});

test("the paired interval is Student's: his own sleep data separate, and no longer where one difference is turned round", () => {
  // Student (1908): extra hours of sleep of ten patients under two drugs; paired t = 4.0621, p = 0.002833 (R's t.test).
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2].map((hours) => [hours]);
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4].map((hours) => [hours]);
  expect(rankRows([row(...second), row(...first)]).ranks).toEqual([2, 1]);
  // The difference of 4.6 hours as -4.6: mean 0.66, t = 0.9774, p = 0.354 (R's t.test).
  const turned = second.map((hours, patient) => (patient === 8 ? [-4.6] : hours));
  expect(rankRows([row(...turned), row(...first)]).ranks).toEqual([1, 1]);
});

test("many seeds on few datasets do not count as many datasets", () => {
  const seeds = (level: number) => Array.from({ length: 20 }, (_, seed) => level + 0.01 * (seed % 3));
  const a = row(seeds(10), seeds(20));
  const b = row(seeds(10.5), seeds(22));
  expect(rankRows([a, b]).ranks).toEqual([1, 1]); // two differences, 0.5 and 2: t needs 12.7
});

test("on one dataset the seeds are the pairs, and only the seeds that both have", () => {
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
  expect(rankRows([...several, ...one]).ranks).toEqual([1, 2, null, null, null]); // also where most have one seed
});

test("one dataset with one seed gives no ranks, and neither does one method", () => {
  expect(rankRows([row([10]), row([99])])).toEqual({ ranks: [null, null], pairing: null, basis: null });
  expect(rankRows([row([10], [20])])).toEqual({ ranks: [null], pairing: null, basis: null });
});

test("a rank is one more than the number of methods that are shown to be better; rows without average have none", () => {
  const best = row([10], [20], [30]);
  const equal = row([10.1], [19.8], [30.2]);
  const worse = row([15], [25.1], [34.9]);
  const gap = { ...row([1], [1], [1]), average: null };
  expect(rankRows([worse, gap, best, equal]).ranks).toEqual([3, null, 1, 1]);
});

test("rows whose averages rest on different bases are not ranked against each other", () => {
  const seeds = (level: number) => [level, level + 1, level - 1];
  const [a, b, c] = [row(seeds(10), seeds(40)), row(seeds(12), seeds(42.1)), row([90], [95])];
  expect(rankRows([a, b, c])).toEqual({ ranks: [1, 2, null], pairing: "datasets", basis: "seeds" });
  // The larger group is ranked, and that of the seeds where both are equally large.
  expect(rankRows([a, c, row([91], [96.1])])).toEqual({ ranks: [null, 1, 2], pairing: "datasets", basis: "samples" });
  expect(rankRows([a, b, c, row([91], [96.1])]).ranks).toEqual([1, 2, null, null]);
});

test("a row that shares too few seeds with any other is not ranked", () => {
  const alone = row([50, 51]);
  alone.cells[0]!.seeds = [7, 8];
  expect(rankRows([row([10, 11]), row([12, 13.1]), alone]).ranks).toEqual([1, 2, null]);
});
