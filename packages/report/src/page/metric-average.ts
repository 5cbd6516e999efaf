// The mean of a metric over the runs of a method, with its interval and its text.

import type { RunRecord } from "@dit-bench/record";
import { samplesMark } from "../columns.ts";
import type { BaseRow, Comparison, MethodRow } from "../comparison.ts";
import type { Metric } from "../metrics.ts";
import { type Average, baseAverage, methodAverage } from "../scores.ts";
import { mean } from "../statistics.ts";
import type { PageAverage } from "./page-data.ts";

/**
 * A score is averaged over the datasets, each counted once; null unless every dataset has one. A cost is averaged over
 * the runs that have it, and has no interval.
 */
export function averageOf(row: MethodRow, metric: Metric, datasets: Comparison["datasets"]): PageAverage | null {
  if (metric.kind === "score") return toPageAverage(methodAverage(row.records, metric, datasets), metric);
  return meanCost(row.records, metric);
}

/** The mean of a base model, in the same way; null if the runs did not record it. */
export function baseAverageOf(
  { records }: BaseRow,
  metric: Metric,
  datasets: Comparison["datasets"],
): PageAverage | null {
  if (metric.kind === "score") return toPageAverage(baseAverage(records, metric, datasets), metric);
  return metric.base === undefined ? null : meanCost(records, { ...metric, ...metric.base });
}

function meanCost(records: readonly RunRecord[], metric: Metric): PageAverage | null {
  const values = records.flatMap((record) => metric.value(record) ?? []);
  if (values.length === 0) return null;
  const text = textWithUnit(mean(values), metric);
  return { mean: mean(values), text, interval: null, intervalText: "", samplesOnly: false };
}

/** An average with texts; null for none. */
function toPageAverage(found: Average | null, metric: Metric): PageAverage | null {
  if (found === null) return null;
  const { interval } = found;
  const samplesOnly = interval !== null && found.basis === "samples";
  return {
    mean: found.mean,
    text: textWithUnit(found.mean, metric),
    interval,
    intervalText: interval === null ? "" : interval.map(metric.format).join(" to ") + (samplesOnly ? samplesMark : ""),
    samplesOnly,
  };
}

/** Some metrics have their unit in their heading and not in their text. */
function textWithUnit(value: number, { format, unit }: Metric): string {
  const text = format(value);
  return unit === undefined || /[^\d.,]/.test(text) ? text : `${text}\u00a0${unit}`;
}
