// The mean of a metric over the runs of a method, with its interval and its text.

import type { Comparison, MethodRow } from "../comparison.ts";
import type { Metric } from "../metrics.ts";
import { type Average, methodScore, scoreRow } from "../scores.ts";
import { mean } from "../statistics.ts";
import type { PageAverage } from "./page-data.ts";

/**
 * A score is averaged over the datasets, each counted once; null unless every dataset has one. A cost is averaged over
 * the runs that have it, and has no interval.
 */
export function averageOf(row: MethodRow, metric: Metric, datasets: Comparison["datasets"]): PageAverage | null {
  if (metric.kind === "score") {
    const scores = row.records.map((record) => methodScore(record, metric));
    return toPageAverage(scoreRow(scores, datasets).average, metric);
  }
  const values = row.records.flatMap((record) => metric.value(record) ?? []);
  if (values.length === 0) return null;
  return { mean: mean(values), text: textWithUnit(mean(values), metric), interval: null, intervalText: "" };
}

/** An average with texts; null for none. */
export function toPageAverage(average: Average | null, metric: Metric): PageAverage | null {
  if (average === null) return null;
  const [low, high] = average.interval;
  const isKnown = low < high && (average.basis === "seeds" || metric.interval !== undefined);
  return {
    mean: average.mean,
    text: textWithUnit(average.mean, metric),
    interval: isKnown ? [low, high] : null,
    intervalText: isKnown ? `${metric.format(low)} to ${metric.format(high)}` : "",
  };
}

/** Some metrics have their unit in their heading and not in their text. */
function textWithUnit(value: number, { format, unit }: Metric): string {
  const text = format(value);
  return unit === undefined || /[^\d.,]/.test(text) ? text : `${text}\u00a0${unit}`;
}
