// The notes about rows whose learning rate or option a sweep chose.

import type { RunRecord } from "@dit-bench/record";
import { describe, expect, it } from "vitest";
import { comparison, toMarkdown } from "./index.ts";
import { methods, syntheticRecords } from "./synthetic.test.data.ts";
import { tuningNotes } from "./tuning-notes.ts";

const [, bitfit, lora] = methods;
const datasets = ["food", "flowers", "sun"];
const tuning = {
  option: "training.learningRate",
  values: [0.001, 0.003, 0.01, 0.03, 0.1],
  runs: 10,
  datasets: ["food", "flowers"],
  seed: 1000,
  criterion: "fid" as const,
  protocol: "mini/1",
  sweep: "5".repeat(64),
  defaultIsBest: [{ method: "vpt", label: "VPT-Deep", runs: 9 }],
};
const atPublished = syntheticRecords({ methods: [bitfit!, lora!], datasets });
/** The tuned row of a method. */
const tuned = (method: typeof bitfit, changes: Partial<typeof tuning> = {}, more: Partial<RunRecord["cell"]> = {}) =>
  syntheticRecords({ methods: [{ ...method!, label: `${method!.label} (rate 0.03)` }], datasets }).map((record) => ({
    ...record,
    cell: { ...record.cell, ...more },
    tuning: { ...tuning, ...changes },
  }));
const notesOf = (...records: RunRecord[]) => tuningNotes(comparison([...atPublished, ...records]));

describe("tuningNotes", () => {
  it("is empty for a table without tuned rows", () => {
    expect(notesOf()).toEqual([]);
  });

  it("names the rows, the number of runs of each, the score, and the shared datasets; once for equal tunings", () => {
    expect(notesOf(...tuned(bitfit), ...tuned(lora))).toEqual([
      "Tuned: BitFit (rate 0.03) and LoRA-R8 (rate 0.03): the learning rate is the best of 5 values, by 10 runs of " +
        "each method with seed 1000 on Food-101 and Oxford Flowers, by FID against the training images. For VPT-Deep " +
        "(9 runs) the same sweep found no better value than the default. The sweep used Food-101 and Oxford Flowers " +
        "of the table's 3 datasets, with another seed.",
    ]);
  });

  it("is one note for each number of runs", () => {
    expect(notesOf(...tuned(bitfit), ...tuned(lora, { runs: 8 }))).toHaveLength(2);
  });

  it("states if the sweep used all datasets of the table, or none, and another protocol", () => {
    const all = notesOf(...tuned(bitfit, { datasets, defaultIsBest: [] })).join();
    expect(all).toContain("The sweep used every dataset of the table");
    expect(all).not.toContain("VPT");
    const none = notesOf(...tuned(bitfit, { datasets: ["cub"], protocol: "mini/1+a" })).join();
    expect(none).toContain("with seed 1000 on cub, by FID against the training images, under protocol mini/1+a.");
    expect(none).toContain("The table has none of these datasets.");
  });

  it("warns about runs of the table that have the seed and a dataset of the sweep", () => {
    const warning = /The table has runs with seed 1, by which values were chosen: leave them out\./;
    expect(notesOf(...tuned(bitfit, { seed: 1 })).join()).toMatch(warning);
    expect(notesOf(...tuned(bitfit, { seed: 1, datasets: ["cub"] })).join()).not.toMatch(/leave them out/);
  });

  it("is printed below the table, where both rows of a method stand", () => {
    const page = toMarkdown(comparison([...atPublished, ...tuned(lora, { criterion: "heldOutFid" as never })]));
    expect(page).toMatch(/^\| LoRA-R8 \|.*\n/m);
    expect(page).toMatch(/^\| LoRA-R8 \(rate 0\.03\) \|.*\n/m);
    expect(page.replaceAll(/\n {2}/g, " ")).toContain("- Tuned: LoRA-R8 (rate 0.03): the learning rate is the best");
    expect(page.replaceAll(/\n {2}/g, " ")).toContain("by FID against held-out images");
  });
});
