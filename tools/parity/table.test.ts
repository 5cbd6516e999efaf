// The page of all comparisons: which rows are in which section.

import { expect, it } from "vitest";
import { formatPage, formatTable } from "./table.mjs";
import type { PageRow } from "./types.ts";

const row = (part: string, size: string, engine: string, worst: number | null = 0): PageRow => ({
  ...{ part, size: "some size", worst, tolerance: 1e-5 },
  run: { part, size, engine },
});
const section = (page: string, title: string) => page.split("\n## ").find((text) => text.startsWith(title)) ?? "";

it("has the rows of the first engine by size, those of each other engine in a section of its own", () => {
  const rows = [
    row("metrics", "true", "cpu"),
    row("dit", "tiny", "cpu"),
    row("dit", "tiny", "openvino", 1),
    row("autoencoder", "true", "openvino"),
  ];
  const run = { part: "dit", size: "true", engine: "openvino" };
  const page = formatPage({
    ...{ engines: ["cpu", "openvino"], rows, skippedParts: [], failedParts: [{ ...run, reason: "exit code 1" }] },
    times: [{ ...run, seconds: 61.4 }],
  });
  expect(page).toContain("run on the engine `cpu`, unless the section names another. 3 of 4 hold.");
  expect(section(page, "At the true sizes")).toContain("| metrics |");
  expect(section(page, "At the true sizes")).not.toContain("| autoencoder |");
  expect(section(page, "At small sizes")).toContain("| dit | some size | 0 | 1.0e-5 | yes |");
  expect(section(page, "On `openvino`")).toContain("| autoencoder |");
  expect(section(page, "On `openvino`")).toContain("| dit | some size | 1 | 1.0e-5 | **no** |");
  expect(page).toContain("Not measured: dit, true, on openvino: exit code 1.");
  expect(page).toContain("- dit, true, on openvino: 61 s");
});

it("reports a difference that is not a number as not held", () => {
  expect(formatTable([row("dit", "tiny", "cpu", null)])).toContain("| not a number | 1.0e-5 | **no** |");
});
