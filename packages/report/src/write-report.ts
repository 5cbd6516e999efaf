/** Records to the files of a report. */
import { join } from "node:path";
import { replaceFile } from "@dit-bench/files";
import type { RunRecord } from "@dit-bench/record";
import { parametersChart } from "./charts/parameters-chart.ts";
import { type Comparison, type ComparisonOptions, comparison } from "./comparison.ts";
import { toCsv } from "./csv.ts";
import { type MarkdownOptions, toMarkdown } from "./markdown.ts";

export interface ReportPaths {
  csv: string;
  markdown: string;
  png: string;
  svg: string;
}

export interface Report {
  paths: ReportPaths;
  comparison: Comparison;
}

/**
 * Writes the comparison of `records` (one protocol) into `folder`: `table.csv`, `table.md`, `chart.png`, `chart.svg`, each whole
 * or not at all. Everything is made before anything is written, so that an error leaves the old report as it was.
 */
export async function writeReport(
  records: readonly RunRecord[],
  folder: string,
  options: ComparisonOptions & MarkdownOptions = {},
): Promise<Report> {
  const compared = comparison(records, options);
  const files = {
    csv: { path: join(folder, "table.csv"), content: toCsv(compared) },
    markdown: { path: join(folder, "table.md"), content: toMarkdown(compared, options) },
    png: { path: join(folder, "chart.png"), content: await parametersChart(compared, { format: "png" }) },
    svg: { path: join(folder, "chart.svg"), content: await parametersChart(compared, { format: "svg" }) },
  };
  for (const { path, content } of Object.values(files)) await replaceFile(path, content);
  const paths = { csv: files.csv.path, markdown: files.markdown.path, png: files.png.path, svg: files.svg.path };
  return { paths, comparison: compared };
}
