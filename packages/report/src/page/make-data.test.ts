// Tests the data of the page: averages, differences, curves and images.

import type { RunRecord } from "@dit-bench/record";
import { expect, it } from "vitest";
import { bestMethod } from "../answer.ts";
import { type Comparison, comparison } from "../comparison.ts";
import { differences } from "../ranking.ts";
import { confidenceLevel } from "../scores.ts";
import { meanInterval } from "../statistics.ts";
import { diverged, methods, syntheticRecords, withScores } from "../synthetic.test.data.ts";
import { pageData } from "./make-data.ts";

const dataOf = (records: RunRecord[], stripsOf: Parameters<typeof pageData>[1]["stripsOf"] = () => ({})) =>
  dataOfComparison(comparison(records), stripsOf);
function dataOfComparison(compared: Comparison, stripsOf: Parameters<typeof pageData>[1]["stripsOf"] = () => ({})) {
  return pageData(compared, { best: bestMethod(compared), stripsOf, follow: null });
}

it("pageData has the averages of the comparison, and leaves out metrics that no run has", () => {
  const compared = comparison(syntheticRecords());
  const { metrics, methods: shown } = dataOfComparison(compared);
  const names = metrics.map(({ name }) => name);
  expect(names).toEqual([
    ...["fid", "kid", "trainableParameters", "trainablePercent", "storedBytes"],
    ...["trainSeconds", "stepMilliseconds", "peakMemoryMB"],
  ]);
  for (const [index, row] of compared.rows.entries()) {
    expect(shown[index]!.label).toBe(row.label);
    expect(shown[index]!.averages[0]).toMatchObject({ mean: row.average!.mean, interval: row.average!.interval });
  }
});

it("pageData shows a score of metrics.scores with its name and direction", () => {
  const records = syntheticRecords().map((record) => ({
    ...record,
    metrics: { ...record.metrics!, scores: { precision: { value: 0.5 } } },
  }));
  const { metrics, methods: shown } = dataOf(records as RunRecord[]);
  const place = metrics.findIndex(({ name }) => name === "precision");
  expect(metrics[place]).toEqual({ name: "precision", title: "Precision", better: "higher", unit: "", ordered: true });
  const none = { interval: null, intervalText: "", samplesOnly: false };
  expect(shown[0]!.averages[place]).toEqual({ mean: 0.5, text: "0.500", ...none });
});

it("pageData has no average of scores for a method with a diverged run, but counts its parameters", () => {
  const records = syntheticRecords({ seeds: [0, 1] });
  const index = records.findIndex(({ cell }) => cell.method === "lora");
  const { methods: shown, runs } = dataOf(records.with(index, diverged(records[index]!)));
  const lora = shown.find(({ label }) => label === "LoRA-R8")!;
  expect(lora.averages[0]).toBeNull();
  expect(lora.averages[2]).not.toBeNull();
  expect(runs.filter(([, , , finished]) => finished === 0)).toHaveLength(1);
});

it("pageData marks intervals that reflect the samples only, and metrics without a best end", () => {
  const records = syntheticRecords({ datasets: ["food"], seeds: [0] }).map((one) => withScores(one, { copyRate: 0.1 }));
  const { metrics, methods: shown } = dataOf(records);
  expect(shown[0]!.averages[0]).toMatchObject({ samplesOnly: true, intervalText: expect.stringMatching(/‡$/) });
  expect(metrics.find(({ name }) => name === "copyRate")!.ordered).toBe(false);
  const [first] = dataOf(syntheticRecords({ datasets: ["food"] })).methods;
  expect(first!.averages[0]).toMatchObject({ samplesOnly: false, intervalText: expect.stringMatching(/\d$/) });
});

it("pageData has the row that the answer is about, also without full fine-tuning", () => {
  const bestOf = (records: RunRecord[]) => {
    const { best, methods: shown } = dataOf(records);
    return best === null ? null : shown[best]!.label;
  };
  expect(bestOf(syntheticRecords())).toBe("DiffFit");
  expect(bestOf(syntheticRecords({ methods: methods.slice(1) }))).toBe("DiffFit");
  expect(bestOf(syntheticRecords().map(diverged))).toBeNull();
});

it("a single method has a difference to the base model, over datasets and over seeds", () => {
  for (const datasets of [["food"], ["food", "sun"]]) {
    const { differences: shown, pairedOver } = dataOf(syntheticRecords({ methods: [methods[1]!], datasets }));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ a: 0, b: 1, count: datasets.length === 1 ? 3 : 2 });
    expect(pairedOver).toBe(datasets.length === 1 ? "seed" : "dataset");
  }
  expect(dataOf(syntheticRecords({ methods: [methods[1]!], datasets: ["food"], seeds: [0] })).differences).toEqual([]);
});

it("differences of the page are those that decide the ranks, the base model included", () => {
  const compared = comparison(syntheticRecords());
  const { differences: shown } = dataOfComparison(compared);
  expect(shown).toHaveLength((7 * 6) / 2);
  const all = [...compared.rows, compared.base];
  for (const { a, b, interval, count, below } of shown) {
    const values = differences(all[a]!, all[b]!, "datasets");
    expect(interval).toEqual(meanInterval(values, confidenceLevel));
    expect([count, below]).toEqual([8, values.filter((value) => value < 0).length]);
  }
});

it("a curve is the mean over seeds at the steps that all of them have", () => {
  const fid = [
    [
      { step: 10, value: 30, heldOut: 44 },
      { step: 20, value: 20 },
    ],
    [
      { step: 10, value: 50 },
      { step: 30, value: null },
    ],
  ];
  const records = syntheticRecords({ methods: [methods[0]!], datasets: ["food"], seeds: [0, 1] });
  const { curves } = dataOf(
    records.map((record, index) => ({ ...record, training: { ...record.training, fid: fid[index] } }) as RunRecord),
  );
  expect(curves[0]!.title).toBe("FID during training");
  expect(curves[0]!.series).toEqual([{ method: 0, dataset: 0, points: [[10, 40, 30, 50]] }]);
  expect(curves[1]!.title).toBe("Held-out FID during training");
  expect(curves[1]!.series).toEqual([{ method: 0, dataset: 0, points: [[10, 44, 44, 44]] }]);
  expect(curves.map(({ title }) => title)).toContain("Training loss");
});

it("a smoothed curve has at most about a hundred points, the first and the last step among them", () => {
  const { curves } = dataOf(syntheticRecords({ methods: [methods[0]!], datasets: ["food"], seeds: [0] }));
  const { points } = curves.find(({ title }) => title === "Training loss")!.series[0]!;
  expect(points.length).toBeLessThanOrEqual(101); // of 300 losses
  expect([points[0]![0], points.at(-1)![0]]).toEqual([0, 299]);
});

it("the gallery holds equal images once; real images and the base model's are those of the first run with them", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const records = syntheticRecords({ methods: methods.slice(0, 2), datasets: ["food"], seeds: [0, 1] });
  const { gallery } = dataOf(records, ({ cell }) => ({
    samples: bytes(`${cell.method} ${cell.seed}`),
    base: bytes(`base ${cell.seed}`),
    ...(cell.method === "bitfit" ? { real: bytes("real") } : {}),
  }));
  expect(gallery.samples).toHaveLength(4);
  expect(gallery.base.map(({ seed }) => seed)).toEqual([0, 1]);
  expect(gallery.real).toHaveLength(1);
  expect(gallery.images).toHaveLength(4 + 2 + 1);
  expect(gallery.columns[0]!.classes).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5].map((label) => `class ${label}`));
});
