/**
 * Ranks that say only what the numbers can tell apart.
 *
 * Two methods are compared by the differences of their FIDs on what both have run: with two or more datasets, one
 * difference per dataset (the means over seeds), so that the statement is about datasets like these; with one dataset,
 * one difference per seed. They are separated if the 95 % interval of the mean difference (paired Student t) leaves out
 * zero. Differences of single seeds on several datasets are not pooled: runs on one dataset share its difficulty, and
 * counting them as independent would make the intervals too short. The level holds for each pair; it is not
 * corrected for the number of pairs.
 */
import type { Cell, MethodRow } from "./comparison.ts";
import { meanInterval } from "./statistics.ts";

/** What the differences of two methods are taken over. */
export type Pairing = "datasets" | "seeds";

export interface Ranking {
  /** One per row: 1 + the number of rows that are separated from it and better; null for a row without an average. */
  ranks: (number | null)[];
  /** Null where there is nothing to pair over (one dataset, one seed): then nothing is ranked. */
  pairing: Pairing | null;
}

/** Ranks the rows that have an average, lower being better. */
export function rankRows(rows: readonly Pick<MethodRow, "cells" | "average">[], level: number): Ranking {
  const whole = rows.filter((row) => row.average !== null);
  const pairing: Pairing = (rows[0]?.cells.length ?? 0) > 1 ? "datasets" : "seeds";
  const comparable = whole.some((a) => whole.some((b) => a !== b && differences(a.cells, b.cells, pairing).length > 1));
  if (!comparable) return { ranks: rows.map(() => null), pairing: null };
  const ranks = rows.map((row) => {
    if (row.average === null) return null;
    return 1 + whole.filter((other) => isBetter(other.cells, row.cells, pairing, level)).length;
  });
  return { ranks, pairing };
}

function isBetter(a: readonly Cell[], b: readonly Cell[], pairing: Pairing, level: number): boolean {
  const interval = meanInterval(differences(a, b, pairing), level);
  return interval !== null && interval[1] < 0;
}

function differences(a: readonly Cell[], b: readonly Cell[], pairing: Pairing): number[] {
  if (pairing === "datasets") return a.map((cell, dataset) => cell.mean! - b[dataset]!.mean!);
  const [own, other] = [a[0]!, b[0]!];
  return own.seeds.flatMap((seed, index) => {
    const place = other.seeds.indexOf(seed);
    return place < 0 ? [] : [own.fids[index]! - other.fids[place]!];
  });
}
