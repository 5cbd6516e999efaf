// Computes the data of the page's script from a comparison.

import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";
import type { BestMethod } from "../answer.ts";
import type { Comparison } from "../comparison.ts";
import { differencesOf } from "../differences.ts";
import { type Metric, metricNamed, metrics } from "../metrics.ts";
import { pairingOver } from "../ranking.ts";
import type { Strips } from "../strips.ts";
import { curves } from "./curves.ts";
import { gallery } from "./gallery.ts";
import { pageMarks } from "./marks.ts";
import { averageOf, baseAverageOf } from "./metric-average.ts";
import type { PageData, PageMethod, PageRun } from "./page-data.ts";

export interface DataOptions {
  /** What `bestMethod` returns. */
  best: BestMethod | null;
  /** The strips next to a record's file. */
  stripsOf(record: RunRecord): Strips;
  /** The tag of a page that a server sends; null for a file. */
  follow: string | null;
}

/** The data of a comparison. Texts in it are safe to print, and still have to be escaped as HTML. */
export function pageData(comparison: Comparison, { best, stripsOf, follow }: DataOptions): PageData {
  const { rows, datasets } = comparison;
  const shown = shownMetrics(comparison);
  const marks = pageMarks(rows);
  return {
    metrics: shown.map(({ name, title, better, ordered = true, unit = "" }) => ({
      name,
      title,
      better,
      ordered,
      unit,
    })),
    datasets: datasets.map(({ title }) => printable(title)),
    methods: rows.map(
      (row, index): PageMethod => ({
        label: printable(row.label),
        mark: marks[index]!,
        averages: shown.map((metric) => averageOf(row, metric, datasets)),
      }),
    ),
    best: best === null ? null : rows.indexOf(best.bestRow),
    baseFid: baseAverageOf(comparison.base, metricNamed("fid"), comparison.datasets),
    runs: runsOf(comparison, shown),
    curves: curves(comparison),
    differences: differencesOf(comparison),
    pairedOver: pairingOver(datasets.length) === "seeds" ? "seed" : "dataset",
    gallery: gallery(comparison, stripsOf),
    follow,
  };
}

/** The metrics that at least one run has. */
export function shownMetrics({ records }: Comparison): Metric[] {
  return metrics.filter((metric) => records.some((record) => metric.value(record) !== undefined));
}

function runsOf({ rows, datasets }: Comparison, shown: readonly Metric[]): PageRun[] {
  const datasetIndex = new Map(datasets.map(({ name }, index) => [name, index]));
  return rows.flatMap((row, method) =>
    row.records.map((record): PageRun => {
      const { dataset, seed } = record.cell;
      const values = shown.map((metric) => round(metric.value(record)));
      return [method, datasetIndex.get(dataset)!, seed, record.exit === "finished" ? 1 : 0, values];
    }),
  );
}

/** Six significant digits are more than any measurement has; integers are exact. */
function round(value: number | undefined): number | null {
  if (value === undefined) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
