// Tests which records may share a table.

import type { RunRecord } from "@dit-bench/record";
import { expect, test } from "vitest";
import { ComparisonError, comparableRecords, rowLabels } from "./comparable.ts";
import { comparison } from "./comparison.ts";
import { groupByProtocol } from "./index.ts";
import { diverged, syntheticRecords } from "./synthetic.test.data.ts";

const [first, second, ...others] = syntheticRecords({ seeds: [0], datasets: ["food"] }).map((record) => ({
  ...record,
  training: { ...record.training, learningRate: 0.001 },
})) as [RunRecord, RunRecord];

test.each<[what: string, change: (record: RunRecord) => RunRecord, message: RegExp]>([
  ["protocols", (r) => ({ ...r, protocol: "paper/1" }), /more than one protocol: "mini\/1" and "paper\/1"/],
  ["base models", (r) => ({ ...r, weights: { ...r.weights, base: "d".repeat(64) } }), /more than one base model/],
  ["extractors", (r) => ({ ...r, metrics: { ...r.metrics!, extractor: "inception" } }), /more than one extractor/],
  ["resizers", (r) => ({ ...r, metrics: { ...r.metrics!, resizer: "clean" } }), /more than one resizer/],
  [
    "numbers of generated images",
    (r) => ({ ...r, metrics: { ...r.metrics!, generated: 10 } }),
    /generated images of food: 512 and 10/,
  ],
  [
    "held-out images",
    (r) => ({ ...r, data: { ...r.data, heldOut: { share: 0.2, images: 50, fingerprint: "held out" } } }),
    /more than one set of held-out images of food: null and "held out"/,
  ],
  ["data under one name", (r) => ({ ...r, data: { ...r.data, fingerprint: "mine" } }), /fingerprint of food/],
  [
    "options under one label",
    (r) => ({
      ...r,
      cell: { ...r.cell, methodLabel: first.cell.methodLabel, method: first.cell.method, options: { x: 1 } },
    }),
    /more than one method labelled Full/,
  ],
  [
    "learning rates under one label",
    (r) => ({
      ...r,
      cell: { ...r.cell, methodLabel: first.cell.methodLabel, method: first.cell.method },
      training: { ...r.training, learningRate: 0.5 },
    }),
    /more than one learning rate labelled Full: 0\.001 and 0\.5/,
  ],
])("refuses records with different %s in one table, naming both files", (_, change, message) => {
  const changed = change(second);
  expect(() => comparableRecords([first, changed])).toThrow(message);
  const pathOf = (record: RunRecord) => (record === changed ? "runs/b/record.json" : "runs/a/record.json");
  expect(() => comparableRecords([first, changed], pathOf)).toThrow(
    /in runs\/a\/record\.json and .* in runs\/b\/record\.json/,
  );
  expect(comparableRecords([first, second])).toHaveLength(2);
});

test("refuses two records of one cell, unless identity and result are equal", () => {
  const rerun = { ...first, finishedAt: "2026-02-01T00:00:00.000Z" };
  expect(comparableRecords([rerun, second, first])).toEqual(comparableRecords([first, second]));
  for (const conflicting of [
    { ...rerun, identity: "9".repeat(64) },
    { ...rerun, metrics: { ...rerun.metrics!, fid: 1 } },
  ]) {
    expect(() => comparableRecords([conflicting, second, first])).toThrow(
      /one cell \(Full on food, seed 0\): one \(finished 2026-01-05T10:00:44\.100Z\) and one \(finished 2026-02-01/,
    );
    const pathOf = (record: RunRecord) => (record === conflicting ? "b.json" : "a.json");
    expect(() => comparableRecords([conflicting, second, first], pathOf)).toThrow(
      /: a\.json \(finished .*\) and b\.json \(/,
    );
    expect(() => comparableRecords([conflicting, second, first])).toThrow(ComparisonError);
  }
});

test("appends the names of methods that share a label, and keeps their records in separate rows", () => {
  const copy = (change: Partial<RunRecord["cell"]>): RunRecord => ({
    ...first,
    cell: { ...first.cell, ...change },
    metrics: { ...first.metrics!, fid: 1 },
  });
  const mine = copy({ method: "mine" });
  const records = comparableRecords([mine, first, second]);
  expect(records).toHaveLength(3);
  const label = rowLabels(records);
  expect([first, mine, second].map(label)).toEqual(["Full (full)", "Full (mine)", second.cell.methodLabel]);
  const { rows } = comparison([mine, first, second]);
  expect(rows.map((row) => row.label)).toEqual(expect.arrayContaining(["Full (full)", "Full (mine)"]));
  expect(rows.map((row) => row.records.length)).toEqual([1, 1, 1]);
});

test("refuses records with different autoencoders; a diverged run agrees with every extractor", () => {
  const withAutoencoder = (record: RunRecord, digit: string) => ({
    ...record,
    weights: { ...record.weights, autoencoder: digit.repeat(64) },
  });
  expect(() => comparableRecords([withAutoencoder(first, "1"), withAutoencoder(second, "2")])).toThrow(
    /more than one autoencoder/,
  );
  expect(comparableRecords([first, diverged(second)])).toHaveLength(2);
});

test("refuses an empty list of records", () => {
  expect(() => comparableRecords([])).toThrow(/there are no records/);
});

test("groups records by protocol", () => {
  const all = [{ ...first, protocol: "paper/1" }, second, ...others];
  expect([...groupByProtocol(all)].map(([protocol, group]) => [protocol, group.length])).toEqual([
    ["mini/1", 5],
    ["paper/1", 1],
  ]);
});
