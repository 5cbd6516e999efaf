// The differences of all pairs of methods in FID, with the intervals that decide the ranks.

import type { Comparison } from "./comparison.ts";
import { differences } from "./ranking.ts";
import { confidenceLevel } from "./scores.ts";
import { mean, meanInterval } from "./statistics.ts";

/** The difference of two rows in FID: `a` minus `b`. An index beyond the methods is the base model. */
export interface PairDifference {
  a: number;
  b: number;
  mean: number;
  interval: [low: number, high: number];
  /** Number of differences, and how many of them are below zero. */
  count: number;
  below: number;
}

/**
 * One difference for each pair of rows that can be compared, the base model as the last row. Rows whose averages have
 * different bases are not compared, as in the ranks.
 */
export function differencesOf({ rows, base, pairing }: Comparison): PairDifference[] {
  if (pairing === null) return [];
  const all = [...rows, base];
  return all.flatMap((row, a) =>
    all.slice(a + 1).flatMap((other, offset): PairDifference[] => {
      if (row.average === null || row.average.basis !== other.average?.basis) return [];
      const values = differences(row, other, pairing);
      const interval = meanInterval(values, confidenceLevel);
      if (interval === null) return [];
      const below = values.filter((value) => value < 0).length;
      return [{ a, b: a + 1 + offset, mean: mean(values), interval, count: values.length, below }];
    }),
  );
}
