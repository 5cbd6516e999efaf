// Writes records as the files of a report: tables as CSV, Markdown and LaTeX, the chart as PNG and SVG.

import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { parametersChart } from "./charts/parameters-chart.ts";
import { type Comparison, type ComparisonOptions, comparison } from "./comparison.ts";
import { toCsv } from "./csv.ts";
import { toLatex } from "./latex.ts";
import { toMarkdown } from "./markdown.ts";
import type { PrintOptions } from "./printed-table.ts";

export type ReportPaths = Readonly<Record<keyof typeof outputs, string>>;

export interface Report {
  paths: ReportPaths;
  comparison: Comparison;
}

interface Output {
  file: string;
  content(comparison: Comparison, options: PrintOptions): string | Promise<Uint8Array>;
}

/** The files of a report. A further format is one entry. */
const outputs = {
  csv: { file: "table.csv", content: toCsv },
  markdown: { file: "table.md", content: toMarkdown },
  latex: { file: "table.tex", content: toLatex },
  png: { file: "chart.png", content: (compared) => parametersChart(compared, { format: "png" }) },
  svg: { file: "chart.svg", content: (compared) => parametersChart(compared, { format: "svg" }) },
} satisfies Record<string, Output>;

/**
 * Writes the comparison of `records` (one protocol) into `folder`, each file whole or not at all. All contents are made
 * before the first file is written, so an error leaves the previous report unchanged.
 * Throws a ComparisonError if the records cannot share a table.
 */
export async function writeReport(
  records: readonly RunRecord[],
  folder: string,
  options: ComparisonOptions & PrintOptions = {},
): Promise<Report> {
  const compared = comparison(records, options);
  const files: { format: string; path: string; content: string | Uint8Array }[] = [];
  for (const [format, { file, content }] of Object.entries<Output>(outputs))
    files.push({ format, path: join(folder, file), content: await content(compared, options) });
  for (const { path, content } of files) await replaceFile(path, content);
  const paths = Object.fromEntries(files.map(({ format, path }) => [format, path])) as ReportPaths;
  return { paths, comparison: compared };
}
