// Tests that the published results are complete, come from committed code and match their records.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRecords, type RunRecord, readSweep } from "@dit-bench/record";
import { writeReport } from "@dit-bench/report";
import { paperMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { textOf, top, trackedFiles } from "./files.ts";

const miniatures = ["food", "sun", "df20m", "caltech", "cub", "artbench", "flowers", "cars"];
const variants = ["continued full", "continued difffit", "resampled full", "resampled difffit", "from-scratch full"];

describe.each([
  ["mini", miniatures, paperMethods],
  ["high-resolution/mini", ["source"], [...paperMethods, ...variants]],
])("results/%s", (name, datasets, rows) => {
  const folder = join(top, "results", name);

  it("has every row on every dataset with three seeds, all finished and from committed code", async () => {
    const records = (await findRecords(folder)).records.map(({ record }) => record);
    expect(cellsOf(records.filter(({ tuning }) => tuning === undefined))).toEqual(everyCell(rows, datasets));
    expect(records.filter((r) => !r.code.clean || r.exit !== "finished")).toEqual([]);
  });

  it("has held-out scores and the copy rate in every record", async () => {
    const { records } = await findRecords(folder);
    for (const { record } of records)
      expect(Object.keys(record.metrics!.scores!)).toEqual(
        expect.arrayContaining(["heldOutFid", "heldOutKid", "copyRate", "precision", "recall", "density", "coverage"]),
      );
  });

  it("has the tables and the chart that its records give", async () => {
    const made = mkdtempSync(join(tmpdir(), "dit-bench-results-"));
    try {
      const { records } = await findRecords(folder);
      await writeReport(
        records.map(({ record }) => record),
        made,
      );
      // The PNG is not compared, because another CPU rounds its shades differently.
      for (const file of ["table.csv", "table.md", "table.tex", "chart.svg"])
        expect(readFileSync(join(made, file), "utf8") === textOf(`results/${name}/${file}`), file).toBe(true);
    } finally {
      rmSync(made, { recursive: true });
    }
  });
});

describe("results/mini at tuned rates", async () => {
  const folder = join(top, "results", "mini");
  const { sweep, digest } = await readSweep(join(folder, "sweep.json"));
  const { records } = await findRecords(folder);
  const tuned = records.flatMap(({ record }) => (record.tuning ? [{ ...record, tuning: record.tuning }] : []));

  it("has every method whose best rate is not the default one, on every dataset with three seeds", () => {
    expect(sweep.methods.map(({ method }) => method).sort()).toEqual([...paperMethods].sort());
    const changed = sweep.methods.filter(({ chosen }) => chosen?.isDefault === false).map(({ method }) => method);
    expect(changed.length).toBeGreaterThan(0);
    expect(cellsOf(tuned)).toEqual(everyCell(changed, miniatures));
  });

  it("has the rate that the sweep chose in every record, and the sweep's runs, datasets, seed and digest", () => {
    const { seed, criterion, protocol } = sweep;
    const datasets = sweep.datasets.map(({ name }) => name);
    const expected = new Map(
      sweep.methods.map(({ method, option, chosen, runs, values }) => [
        method,
        { option, chosen: chosen?.value, runs, values: values.map(({ value }) => value) },
      ]),
    );
    const unchanged = sweep.methods.filter(({ chosen }) => chosen?.isDefault);
    const defaultIsBest = unchanged.map(({ method, label, runs }) => ({ method, label, runs }));
    for (const { cell, training, tuning } of tuned) {
      const { chosen, ...ofMethod } = expected.get(cell.method)!;
      expect(training!.learningRate).toBe(chosen);
      expect(tuning).toEqual({ ...ofMethod, datasets, seed, criterion, protocol, sweep: digest, defaultIsBest });
    }
  });
});

/** `method dataset seed` of each record, sorted; the variant before it if there is one. */
function cellsOf(records: readonly RunRecord[]): string[] {
  return records
    .map(({ cell }) => `${cell.variant ? `${cell.variant.name} ` : ""}${cell.method} ${cell.dataset} ${cell.seed}`)
    .sort();
}

function everyCell(rows: readonly string[], datasets: readonly string[]): string[] {
  return rows
    .flatMap((row) => datasets.flatMap((dataset) => [0, 1, 2].map((seed) => `${row} ${dataset} ${seed}`)))
    .sort();
}

it("names no folder of the machine that it was made on", () => {
  const path = /(?<![\w.:/~-])\/(?:home|root|tmp|work|usr|Users|opt|var|mnt)\/|[A-Z]:\\\\/;
  const files = trackedFiles("json", "md", "csv", "tex").filter((file) => file.startsWith("results/"));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => path.test(textOf(file)))).toEqual([]);
  const example = ["", "home", "me", "worker.mjs"].join("/"); // in parts: this file must not name a folder either
  expect(path.test(`"full": "node ${example} was ended"`)).toBe(true);
});
