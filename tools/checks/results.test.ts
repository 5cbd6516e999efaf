// Tests that the published results in results/mini are complete, come from committed code and match their records.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRecords } from "@dit-bench/record";
import { writeReport } from "@dit-bench/report";
import { describe, expect, it } from "vitest";
import { textOf, top } from "./files.ts";

const resultsFolder = join(top, "results/mini");

describe("results/mini", () => {
  it("has records of 6 methods on 8 datasets with 3 seeds each, all finished and from committed code", async () => {
    const records = (await findRecords(resultsFolder)).records.map(({ record }) => record);
    const cells = records.map((r) => `${r.cell.method} ${r.cell.dataset} ${r.cell.seed}`);
    expect(new Set(cells).size).toBe(6 * 8 * 3);
    expect(records.length).toBe(6 * 8 * 3);
    expect(records.filter((r) => !r.code.clean || r.exit !== "finished")).toEqual([]);
  });

  it("has the tables and the chart that a report of its records contains", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dit-bench-results-"));
    try {
      const { records } = await findRecords(resultsFolder);
      await writeReport(
        records.map(({ record }) => record),
        folder,
      );
      // The PNG is not compared, because another CPU rounds its shades differently.
      for (const file of ["table.csv", "table.md", "table.tex", "chart.svg"])
        expect(readFileSync(join(folder, file), "utf8") === textOf(`results/mini/${file}`), file).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
