// The differences of all pairs of methods in FID, with the intervals that decide the ranks.

import type { Comparison } from "./comparison.ts";
import type { PairDifference } from "./pair-difference.ts";
import { canTest, differenceInterval, differences, pairingOver } from "./ranking.ts";
import { mean } from "./statistics.ts";

/**
 * One difference for each pair of rows that can be compared, the base model as the last row. Rows whose averages have
 * different bases are not compared, as in the ranks, and neither are rows whose differences are all equal. A single
 * method has no rank, but a difference to the base model.
 */
export function differencesOf({ rows, base, datasets }: Comparison): PairDifference[] {
  const pairing = pairingOver(datasets.length);
  const all = [...rows, base];
  return all.flatMap((row, a) =>
    all.slice(a + 1).flatMap((other, offset): PairDifference[] => {
      const interval = canTest(row, other, pairing) ? differenceInterval(row, other, pairing) : null;
      if (interval === null) return [];
      const values = differences(row, other, pairing);
      const below = values.filter((value) => value < 0).length;
      return [{ a, b: a + 1 + offset, mean: mean(values), interval, count: values.length, below }];
    }),
  );
}
