// Computes the FIDs of one row of a table: one cell per dataset, and the average of the cells with its interval. The
// average of any other score is computed in the same way.

import type { RunRecord } from "@dit-bench/record";
import type { Metric } from "./metrics.ts";
import { isRounding, mean, sampleVariance, twoSidedT } from "./statistics.ts";

/** Confidence level of every interval in a comparison. */
export const confidenceLevel = 0.95;

/**
 * The source of an average's interval.
 *
 * - `seeds`: the spread over seeds within each dataset. Every dataset has at least two seeds.
 * - `samples`: the FID interval of each run, because a dataset has one seed only. Such an interval reflects the finite
 *   number of samples, not the variation between training runs.
 *
 * docs/decisions/0009-intervals.md has the reasons.
 */
export type IntervalBasis = "seeds" | "samples";

export interface ScoreRow {
  /** One per dataset of the table. */
  cells: Cell[];
  /** Null unless every dataset has a finished run and none that diverged. */
  average: Average | null;
}

export interface Cell {
  /** FID of each finished run, in the order of `seeds`. */
  fids: number[];
  seeds: number[];
  /** Seeds of the runs that diverged. */
  diverged: number[];
  /** Null if no run finished. */
  mean: number | null;
  /** Standard deviation over seeds; null for fewer than two. */
  deviation: number | null;
}

/** The mean that is compared with others. One of the seeds that finished would favour a method that also diverges. */
export const comparedMean = ({ mean, diverged }: Cell): number | null => (diverged.length > 0 ? null : mean);

/**
 * Mean over the datasets of the table, each counted once. The datasets are fixed, so the spread between them is not
 * part of the error. With basis `seeds` the degrees of freedom are those of Welch (1947) and Satterthwaite (1946).
 */
export interface Average {
  mean: number;
  /**
   * The 95 % interval, within the bounds of the metric. Null if the runs do not give one: some run has no interval of
   * its own and there is one seed, or all seeds have the same value. An interval of no width would claim certainty.
   */
  interval: [low: number, high: number] | null;
  basis: IntervalBasis;
}

/** One run's score; `value` is null if the run diverged, or has no such score. */
export interface Score {
  dataset: string;
  seed: number;
  value: number | null;
  /** The run's own 95 % interval; null if it has none. */
  interval: Interval | null;
}

type Interval = readonly [low: number, high: number];

const unbounded: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

export function methodScore(record: RunRecord, metric: Pick<Metric, "value" | "interval">): Score {
  const { dataset, seed } = record.cell;
  const value = metric.value(record) ?? null;
  const interval = metric.interval?.(record);
  if (value === null || interval === undefined) return { dataset, seed, value, interval: null };
  return { dataset, seed, value, interval: atConfidenceLevel(interval, value, record.metrics!.intervalLevel) };
}

/** The base model's scores, one per dataset and seed. The records of all methods repeat them; the first one counts. */
export function baseScores(records: readonly RunRecord[], { base }: Metric): Score[] {
  if (base === undefined) return [];
  const scores = new Map<string, Score>();
  for (const record of records) {
    const score = methodScore(record, base);
    const key = JSON.stringify([score.dataset, score.seed]);
    if (score.value !== null && !scores.has(key)) scores.set(key, score);
  }
  return [...scores.values()];
}

/**
 * The row of a method or of the base model. Its interval depends on these `scores` only, not on other rows.
 */
export function scoreRow(scores: readonly Score[], datasets: Datasets, bounds: Interval = unbounded): ScoreRow {
  return { cells: byDataset(scores, datasets).map(toCell), average: average(scores, datasets, bounds) };
}

/** The average of a score over the runs of a method. Null unless every dataset has a score and none is missing. */
export function methodAverage(records: readonly RunRecord[], metric: Metric, datasets: Datasets): Average | null {
  const scores = records.map((record) => methodScore(record, metric));
  return average(scores, datasets, metric.bounds);
}

/** The average of the base model that these runs started from, in the same way. */
export function baseAverage(records: readonly RunRecord[], metric: Metric, datasets: Datasets): Average | null {
  return average(baseScores(records, metric), datasets, metric.bounds);
}

type Datasets = readonly { name: string }[];

function average(scores: readonly Score[], datasets: Datasets, bounds: Interval = unbounded): Average | null {
  const columns = byDataset(scores, datasets);
  const isComplete = columns.every((column) => column.length > 0 && column.every((score) => score.value !== null));
  return isComplete ? toAverage(columns, bounds) : null;
}

const byDataset = (scores: readonly Score[], datasets: Datasets): Score[][] =>
  datasets.map(({ name }) => scores.filter((score) => score.dataset === name).sort((a, b) => a.seed - b.seed));

/** An interval of another level, widened or narrowed around the value as a normal distribution's would be. */
function atConfidenceLevel([low, high]: Interval, value: number, level: number): Interval {
  if (level === confidenceLevel) return [low, high];
  const z = (covered: number) => twoSidedT(covered, Number.POSITIVE_INFINITY);
  const factor = z(confidenceLevel) / z(level);
  return [value - factor * (value - low), value + factor * (high - value)];
}

function toCell(column: readonly Score[]): Cell {
  const finished = column.filter((score) => score.value !== null);
  const fids = finished.map((score) => score.value!);
  const variance = sampleVariance(fids);
  return {
    fids,
    seeds: finished.map((score) => score.seed),
    diverged: column.filter((score) => score.value === null).map((score) => score.seed),
    mean: fids.length === 0 ? null : mean(fids),
    deviation: variance === null ? null : Math.sqrt(variance),
  };
}

function toAverage(columns: readonly Score[][], bounds: Interval): Average {
  const basis = columns.every((column) => column.length > 1) ? "seeds" : "samples";
  const centre = mean(columns.map((column) => mean(column.map((score) => score.value!))));
  const interval = basis === "seeds" ? seedsInterval(columns, centre) : samplesInterval(columns, centre);
  return { mean: centre, interval: interval && withinBounds(interval, bounds), basis };
}

/** The interval where the score can be; null if it has no width. The bounds contain the score itself. */
function withinBounds([low, high]: Interval, [least, most]: Interval): [number, number] | null {
  const clipped: [number, number] = [Math.max(low, least), Math.min(high, most)];
  return clipped[0] < clipped[1] ? clipped : null;
}

/** Null if the values of each dataset are equal, up to rounding: equal values do not show how much others differ. */
function seedsInterval(columns: readonly Score[][], centre: number): [number, number] | null {
  // Squared standard error of each cell's mean, and its degrees of freedom.
  const parts = columns.map((column) => ({
    variance: sampleVariance(column.map((score) => score.value!))! / column.length,
    degrees: column.length - 1,
  }));
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  if (isRounding(total, centre)) return null;
  const degrees = total ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const halfWidth = (twoSidedT(confidenceLevel, degrees) * Math.sqrt(total)) / columns.length;
  return [centre - halfWidth, centre + halfWidth];
}

/**
 * The interval of an average of independent runs from their own intervals, each side by itself: the distances to the
 * limits add like standard errors (the method MOVER of Zou and Donner 2008, https://doi.org/10.1002/sim.3095). So
 * a single run has the interval of its record, which is not symmetric. Null if a run has no interval: without its part
 * the interval would be too narrow.
 */
function samplesInterval(columns: readonly Score[][], centre: number): [number, number] | null {
  if (columns.flat().some(({ interval }) => interval === null)) return null;
  const reach = (distance: (interval: Interval, value: number) => number) => {
    const squares = columns.flatMap((column) =>
      column.map(({ value, interval }) => {
        const weight = 1 / (columns.length * column.length);
        return (weight * Math.max(0, distance(interval!, value!))) ** 2;
      }),
    );
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  };
  return [centre - reach(([low], value) => value - low), centre + reach(([, high], value) => high - value)];
}
