// Tests the comparison: cells, averages, the base model, order of rows, relative time.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { type Comparison, comparison } from "./index.ts";
import { scoreRow } from "./scores.ts";
import { twoSidedT } from "./statistics.ts";
import { methods, recordsOf, syntheticRecords } from "./synthetic.test.data.ts";

const rowOf = ({ rows }: Comparison, label: string) => rows.find((candidate) => candidate.label === label)!;

test("a cell is the mean and the sample standard deviation over seeds", () => {
  const { cells } = rowOf(comparison(recordsOf({ A: { food: [10, 12, 17], sun: [3] } })), "A");
  expect(cells[0]).toEqual({ fids: [10, 12, 17], seeds: [0, 1, 2], diverged: [], mean: 13, deviation: Math.sqrt(13) });
  expect(cells[1]).toMatchObject({ mean: 3, deviation: null });
});

test("the average counts each dataset once, and its interval comes from the spread over seeds", () => {
  const { average } = rowOf(comparison(recordsOf({ A: { food: [10, 14], sun: [4, 6] } })), "A");
  // Variances of the means: 8/2 = 4 and 2/2 = 1; standard error of their average √5/2; degrees 25/(16 + 1).
  expect(average!.mean).toBe(8.5);
  const reach = average!.interval![1] - 8.5;
  expect(reach / (Math.sqrt(5) / 2)).toBeCloseTo(twoSidedT(0.95, 25 / 17), 9);
  expect(average!.interval![0]).toBeCloseTo(8.5 - reach, 12);
});

test("with one seed per dataset, the interval of the average is computed from the intervals of the runs", () => {
  const compared = comparison(recordsOf({ A: { food: [10], sun: [4] } }));
  const { average } = rowOf(compared, "A");
  expect(average!.basis).toBe("samples");
  expect(average!.interval![0]).toBeCloseTo(7 - Math.SQRT2 / 2, 6); // two independent ± 1, averaged
  expect(average!.interval![1]).toBeCloseTo(7 + Math.SQRT2 / 2, 6);
});

test("a single run has the interval of its record, which is not symmetric", () => {
  const [record] = recordsOf({ A: { food: [24.35] } });
  const run: RunRecord = { ...record!, metrics: { ...record!.metrics!, fidInterval: [22.89, 25.65] } };
  const { mean, interval, basis } = rowOf(comparison([run]), "A").average!;
  expect([mean, basis]).toEqual([24.35, "samples"]);
  expect(interval![0]).toBeCloseTo(22.89, 12);
  expect(interval![1]).toBeCloseTo(25.65, 12);
});

test("each limit of an average is as far from it as the runs' limits on that side make it", () => {
  const score = (dataset: string, seed: number, value: number, low: number, high: number) => ({
    ...{ dataset, seed, value },
    interval: [value - low, value + high] as const,
  });
  const datasets = [{ name: "food" }, { name: "sun" }];
  const { average } = scoreRow(
    [score("food", 0, 10, 3, 1), score("food", 1, 12, 3, 1), score("sun", 0, 3, 4, 2)],
    datasets,
  );
  // The weights are 1/4, 1/4 and 1/2.
  expect(average).toMatchObject({ mean: 7, basis: "samples" });
  expect(average!.interval![0]).toBeCloseTo(7 - Math.sqrt(2 * 0.75 ** 2 + 2 ** 2), 12);
  expect(average!.interval![1]).toBeCloseTo(7 + Math.sqrt(2 * 0.25 ** 2 + 1), 12);
});

test("the interval of a run at another level is rescaled to 95 %", () => {
  const [record] = recordsOf({ A: { food: [20] } });
  const metrics = { ...record!.metrics!, fidInterval: [18, 21] as [number, number], intervalLevel: 0.6826894921370859 };
  const [low, high] = rowOf(comparison([{ ...record!, metrics }]), "A").average!.interval!; // one standard deviation
  expect(low).toBeCloseTo(20 - 2 * 1.959963985, 6);
  expect(high).toBeCloseTo(20 + 1.959963985, 6);
});

test("a row has no interval if it would have no width: all seeds equal, or a run without an own interval", () => {
  const equal = rowOf(comparison(recordsOf({ A: { food: [0.1, 0.1, 0.1], sun: [0.7, 0.7] } })), "A").average!;
  expect([equal.basis, equal.interval]).toEqual(["seeds", null]);
  const oneDataset = rowOf(comparison(recordsOf({ A: { food: [10, 10], sun: [4, 6] } })), "A").average!;
  expect(oneDataset.interval![1]).toBeGreaterThan(7.5); // the seeds of one dataset differ
  const score = (value: number, interval: [number, number] | null) => ({ dataset: "food", seed: 0, value, interval });
  expect(scoreRow([score(0.5, null)], [{ name: "food" }]).average!.interval).toBeNull();
  expect(scoreRow([score(0.5, [0.5, 0.5])], [{ name: "food" }]).average!.interval).toBeNull();
  const half = [score(0.5, null), { ...score(0.5, [0.4, 0.6]), dataset: "sun" }];
  expect(scoreRow(half, [{ name: "food" }, { name: "sun" }]).average!.interval).toBeNull();
});

test("an interval is cut at the bounds of the metric: an FID is at least zero", () => {
  const { mean, interval } = rowOf(comparison(recordsOf({ A: { food: [1, 3] } })), "A").average!;
  expect(mean).toBe(2);
  expect(interval![0]).toBe(0);
  expect(interval![1]).toBeCloseTo(2 + twoSidedT(0.95, 1), 9);
});

test("an interval of a run that does not contain its value is widened to it, not mirrored", () => {
  const [record] = recordsOf({ A: { food: [20] } });
  const run: RunRecord = { ...record!, metrics: { ...record!.metrics!, fidInterval: [21, 23] } };
  expect(rowOf(comparison([run]), "A").average!.interval).toEqual([20, 23]);
});

test("full fine-tuning without an average comes after a row of full fine-tuning that has one", () => {
  const [tuned] = recordsOf({ Full: { food: [12] } });
  const other: RunRecord = { ...tuned!, cell: { ...tuned!.cell, methodLabel: "Full (rate 0.1)" } };
  const { rows } = comparison([...recordsOf({ Full: { food: [null] }, A: { food: [3] } }), other]);
  expect(rows.map(({ label }) => label)).toEqual(["Full (rate 0.1)", "Full", "A"]);
});

test("a row without runs on some dataset has no value there, no average and no rank", () => {
  const compared = comparison(recordsOf({ A: { food: [10, 11], sun: [4, 5] }, B: { food: [9, 9] } }));
  expect(rowOf(compared, "B").cells[1]).toEqual({ fids: [], seeds: [], diverged: [], mean: null, deviation: null });
  expect(rowOf(compared, "B").average).toBeNull();
  expect(rowOf(compared, "B").rank).toBeNull();
  expect(rowOf(compared, "A").average).not.toBeNull();
});

test("a diverged run is distinguished from a missing one, and leaves the row without an average", () => {
  const compared = comparison(
    recordsOf({ A: { food: [10, null, 12], sun: [4, 5, 6] }, B: { food: [null], sun: [1] } }),
  );
  expect(rowOf(compared, "A").cells[0]).toMatchObject({ seeds: [0, 2], diverged: [1], mean: 11 });
  expect(rowOf(compared, "A").average).toBeNull();
  expect(rowOf(compared, "B").cells[0]).toMatchObject({ fids: [], diverged: [0], mean: null });
});

test("the base model has each score once, although the records of all methods repeat it", () => {
  const records = recordsOf({ A: { food: [10, 11] }, B: { food: [12, 13] }, C: { sun: [null] } });
  const { base } = comparison(records);
  expect(base.cells[0]).toMatchObject({ fids: [50, 50], seeds: [0, 1] });
  expect(base.cells[1]!.mean).toBeNull();
  expect(base.average).toBeNull();
});

test("rows are sorted: full fine-tuning, then by average from low to high, then rows without an average", () => {
  const { rows } = comparison(
    recordsOf({
      Gap: { food: [1] },
      High: { food: [20], sun: [20] },
      Full: { food: [30], sun: [30] },
      Low: { food: [10], sun: [10] },
    }),
  );
  expect(rows.map((candidate) => candidate.label)).toEqual(["Full", "Low", "High", "Gap"]);
  expect(rows.map((candidate) => candidate.full)).toEqual([true, false, false, false]);
});

test("training time is relative to full fine-tuning of the same cell on the same machine", () => {
  const timed = (record: RunRecord, train: number): RunRecord => ({ ...record, times: { ...record.times, train } });
  const [full, a] = recordsOf({ Full: { food: [1], sun: [1] }, A: { food: [1], sun: [1] } }).reduce<RunRecord[][]>(
    ([fulls, as], record) => (record.cell.method === "full" ? [[...fulls!, record], as!] : [fulls!, [...as!, record]]),
    [[], []],
  ) as [RunRecord[], RunRecord[]];
  const records = [timed(full[0]!, 100), timed(full[1]!, 10), timed(a[0]!, 50), timed(a[1]!, 20)];
  expect(rowOf(comparison(records), "A").relativeTime).toBeCloseTo(1, 12); // half and twice
  expect(rowOf(comparison(records), "Full").relativeTime).toBe(1);

  const elsewhere = records.map((record) =>
    record.cell.method === "full" ? { ...record, machine: { ...record.machine, cpu: "another" } } : record,
  );
  expect(rowOf(comparison(elsewhere), "A").relativeTime).toBeNull();
});

test("a row's interval and its basis do not change when another row is added", () => {
  const two = recordsOf({ LoRA: { food: [10, 14], sun: [4, 6] }, BitFit: { food: [11, 15.5], sun: [5, 7] } });
  const joined = comparison([...two, ...recordsOf({ VPT: { food: [20], sun: [20] } })]);
  for (const label of ["LoRA", "BitFit"]) {
    expect(rowOf(joined, label).average).toEqual(rowOf(comparison(two), label).average);
    expect(rowOf(joined, label).average!.basis).toBe("seeds");
  }
  expect(rowOf(joined, "VPT").average!.basis).toBe("samples");
  expect(rowOf(joined, "VPT").rank).toBeNull();
  expect(rowOf(joined, "LoRA").rank).toBe(1);
});

test("datasets that share a title get the digests of their names appended", () => {
  const [first] = syntheticRecords({ methods: methods.slice(0, 1), datasets: ["food"], seeds: [0] });
  const own = (dataset: string, fingerprint: string, datasetTitle = "own images, roses"): RunRecord => ({
    ...first!,
    cell: { ...first!.cell, dataset, datasetTitle },
    data: { ...first!.data, source: "folder", fingerprint },
  });
  const records = [
    own("roses-0123abcd", "x"),
    own("roses-89ef0011", "y"),
    own("tulips-0123abcd", "z", "own images, tulips"),
  ];
  expect(comparison(records).datasets.map(({ title }) => title)).toEqual([
    "own images, roses (0123abcd)",
    "own images, roses (89ef0011)",
    "own images, tulips",
  ]);
});

test("the order of the records does not change the comparison", () => {
  const records = syntheticRecords({ methods: methods.slice(0, 3) });
  const shuffled = records.map((record, index) => ({ record, key: (index * 7) % records.length }));
  const other = shuffled.sort((a, b) => a.key - b.key).map(({ record }) => record);
  expect(other).not.toEqual(records);
  expect(comparison(other)).toEqual(comparison(records));
});
