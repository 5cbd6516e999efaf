// Computes the FIDs of one row of a table: one cell per dataset, and the average of the cells with its interval.

import type { RunRecord } from "@dit-bench/record";
import { mean, sampleVariance, twoSidedT } from "./statistics.ts";

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

/**
 * Mean over the datasets of the table, each counted once. The datasets are fixed, so the spread between them is not
 * part of the error. With basis `seeds` the degrees of freedom are those of Welch (1947) and Satterthwaite (1946).
 */
export interface Average {
  mean: number;
  standardError: number;
  /** The 95 % interval. */
  interval: [low: number, high: number];
  basis: IntervalBasis;
}

/** One run's FID; `fid` is null if it diverged. */
export interface Score {
  dataset: string;
  seed: number;
  fid: number | null;
  /** Squared standard error of the FID, from its interval. */
  variance: number;
}

export function methodScore({ cell, metrics }: RunRecord): Score {
  const { dataset, seed } = cell;
  if (metrics === null) return { dataset, seed, fid: null, variance: 0 };
  return { dataset, seed, fid: metrics.fid, variance: intervalVariance(metrics.fidInterval, metrics.intervalLevel) };
}

/** The base model's scores, one per dataset and seed. The records of all methods repeat them; the first one counts. */
export function baseScores(records: readonly RunRecord[]): Score[] {
  const scores = new Map<string, Score>();
  for (const { cell, metrics } of records) {
    const key = JSON.stringify([cell.dataset, cell.seed]);
    if (metrics === null || scores.has(key)) continue;
    const variance = intervalVariance(metrics.baseFidInterval, metrics.intervalLevel);
    scores.set(key, { dataset: cell.dataset, seed: cell.seed, fid: metrics.baseFid, variance });
  }
  return [...scores.values()];
}

/**
 * The row of a method or of the base model. Its interval depends on these `scores` only, not on other rows.
 */
export function scoreRow(scores: readonly Score[], datasets: readonly { name: string }[]): ScoreRow {
  const columns = datasets.map(({ name }) =>
    scores.filter((score) => score.dataset === name).sort((a, b) => a.seed - b.seed),
  );
  const isComplete = columns.every((column) => column.length > 0 && column.every((score) => score.fid !== null));
  return { cells: columns.map(toCell), average: isComplete ? toAverage(columns) : null };
}

function intervalVariance([low, high]: readonly [number, number], intervalLevel: number): number {
  return ((high - low) / 2 / twoSidedT(intervalLevel, Number.POSITIVE_INFINITY)) ** 2;
}

function toCell(column: readonly Score[]): Cell {
  const finished = column.filter((score) => score.fid !== null);
  const fids = finished.map((score) => score.fid!);
  const variance = sampleVariance(fids);
  return {
    fids,
    seeds: finished.map((score) => score.seed),
    diverged: column.filter((score) => score.fid === null).map((score) => score.seed),
    mean: fids.length === 0 ? null : mean(fids),
    deviation: variance === null ? null : Math.sqrt(variance),
  };
}

function toAverage(columns: readonly Score[][]): Average {
  const basis = columns.every((column) => column.length > 1) ? "seeds" : "samples";
  const fids = columns.map((column) => column.map((score) => score.fid!));
  const centre = mean(fids.map(mean));
  // Squared standard error of each cell's mean, and its degrees of freedom.
  const parts = columns.map((column, index) => {
    const n = column.length;
    if (basis === "samples") {
      return { variance: mean(column.map((score) => score.variance)) / n, degrees: Number.POSITIVE_INFINITY };
    }
    return { variance: (sampleVariance(fids[index]!) ?? 0) / n, degrees: n - 1 };
  });
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  const standardError = Math.sqrt(total) / columns.length;
  const denominator = parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const degrees = denominator > 0 ? total ** 2 / denominator : Number.POSITIVE_INFINITY;
  const halfWidth = standardError === 0 ? 0 : twoSidedT(confidenceLevel, degrees) * standardError;
  return { mean: centre, standardError, interval: [centre - halfWidth, centre + halfWidth], basis };
}
