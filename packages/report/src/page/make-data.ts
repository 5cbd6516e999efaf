// Computes the data of the page's script from a comparison.

import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";
import type { Comparison, MethodRow } from "../comparison.ts";
import { formatFid } from "../format.ts";
import { type Metric, metrics } from "../metrics.ts";
import { intervalVariance, type Score, type ScoreRow, scoreRow } from "../scores.ts";
import type { Strips } from "../strips.ts";
import { curves } from "./curves.ts";
import { differencesOf } from "./differences.ts";
import { gallery } from "./gallery.ts";
import { pageMarks } from "./marks.ts";
import type { PageAverage, PageData, PageMethod, PageRun } from "./page-data.ts";

export interface DataOptions {
  /** The strips next to a record's file. */
  stripsOf(record: RunRecord): Strips;
  /** The tag of a page that a server sends; null for a file. */
  follow: string | null;
}

/** The data of a comparison. Texts in it are safe to print, and still have to be escaped as HTML. */
export function pageData(comparison: Comparison, { stripsOf, follow }: DataOptions): PageData {
  const { rows, datasets, base, pairing } = comparison;
  const shown = shownMetrics(comparison);
  const marks = pageMarks(rows);
  return {
    metrics: shown.map(({ name, title, better, unit = "" }) => ({ name, title, better, unit })),
    datasets: datasets.map(({ title }) => printable(title)),
    methods: rows.map(
      (row, index): PageMethod => ({
        label: printable(row.label),
        mark: marks[index]!,
        averages: shown.map((metric) => averageOf(row, metric, datasets)),
      }),
    ),
    baseFid: toAverage(base.average, formatFid),
    runs: runsOf(comparison, shown),
    curves: curves(comparison),
    differences: differencesOf(comparison),
    pairedOver: pairing === "seeds" ? "seed" : "dataset",
    gallery: gallery(comparison, stripsOf),
    follow,
  };
}

/** The metrics that at least one run has. */
export function shownMetrics({ records }: Comparison): Metric[] {
  return metrics.filter((metric) => records.some((record) => metric.value(record) !== undefined));
}

/** The mean of a metric over all datasets, each counted once; null unless every dataset has a value. */
export function averageOf(row: MethodRow, metric: Metric, datasets: Comparison["datasets"]): PageAverage | null {
  const scores = row.records.map((record): Score => {
    const interval = metric.interval?.(record);
    return {
      dataset: record.cell.dataset,
      seed: record.cell.seed,
      fid: metric.value(record) ?? null,
      variance: interval === undefined ? 0 : intervalVariance(interval, record.metrics?.intervalLevel ?? 0.95),
    };
  });
  return toAverage(scoreRow(scores, datasets).average, metric.format);
}

function toAverage(average: ScoreRow["average"], format: (value: number) => string): PageAverage | null {
  if (average === null) return null;
  const [low, high] = average.interval;
  const isKnown = low < high;
  return {
    mean: average.mean,
    text: format(average.mean),
    interval: isKnown ? [low, high] : null,
    intervalText: isKnown ? `${format(low)} to ${format(high)}` : "",
  };
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
