// Ranks methods by the number of methods that are better by more than chance.
//
// Two methods are compared by the differences of their FIDs. With two or more datasets there is one difference per
// dataset (means over seeds), so the result holds for datasets like these; with one dataset there is one difference per
// seed. The methods are separated if the 95 % interval of the mean difference (paired Student t) excludes zero.
// Differences of single seeds on several datasets are not pooled: runs on one dataset share its difficulty, so counting
// them as independent would make the intervals too short. The level holds for each pair and is not corrected for the
// number of pairs. Rows whose averages have different bases are not ranked against each other. Differences that are all
// equal separate nothing: Student's t is not defined without a spread.

import { confidenceLevel, type IntervalBasis, type ScoreRow } from "./scores.ts";
import { isRounding, meanInterval, sampleVariance } from "./statistics.ts";

/** Whether the differences of two methods are taken per dataset or per seed. */
export type Pairing = "datasets" | "seeds";

/** How two rows of a table with so many datasets are compared. */
export const pairingOver = (datasets: number): Pairing => (datasets > 1 ? "datasets" : "seeds");

export interface Ranking {
  /**
   * One per row: 1 + the number of ranked rows that are better and separated from it; null where a row is not ranked.
   */
  ranks: (number | null)[];
  /** Null where no two rows have two differences, as with one dataset and one seed; then no row is ranked. */
  pairing: Pairing | null;
  /** The basis of the ranked rows; null where there is none. */
  basis: IntervalBasis | null;
}

/**
 * Ranks rows with an average; lower is better. Only rows of one basis are ranked: the more frequent one, `seeds` at a
 * tie. On a single dataset it is always `seeds`, because rows with one seed have a single difference there.
 */
export function rankRows(rows: readonly ScoreRow[]): Ranking {
  const averagedRows = rows.filter((row) => row.average !== null);
  const bySeeds = averagedRows.filter((row) => row.average!.basis === "seeds").length;
  const pairing = pairingOver(rows[0]?.cells.length ?? 0);
  const basis: IntervalBasis = pairing === "seeds" || 2 * bySeeds >= averagedRows.length ? "seeds" : "samples";
  const candidates = averagedRows.filter((row) => row.average!.basis === basis);
  const rankedRows = candidates.filter((row) =>
    candidates.some((other) => other !== row && canCompare(row, other, pairing)),
  );
  if (rankedRows.length === 0) return { ranks: rows.map(() => null), pairing: null, basis: null };
  const ranks = rows.map((row) =>
    rankedRows.includes(row) ? 1 + rankedRows.filter((other) => isBetter(other, row, pairing)).length : null,
  );
  return { ranks, pairing, basis };
}

/** True if the two rows have the two or more differences that a test needs. */
export function canCompare(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  return differences(a, b, pairing).length > 1;
}

/** The same for any two rows, also without averages or with averages of different bases, which are not compared. */
export function canTest(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  return a.average !== null && a.average.basis === b.average?.basis && canCompare(a, b, pairing);
}

/**
 * True if `a` is lower than `b` by more than chance: the interval of the mean difference lies below zero. On a single
 * dataset only shared seeds count, so this can hold although the average of `a` over all its seeds is the higher one.
 */
export function isBetter(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  const interval = differenceInterval(a, b, pairing);
  return interval !== null && interval[1] < 0;
}

/**
 * The 95 % interval of the mean difference. Null for fewer than two differences, and if all of them are equal up to
 * rounding.
 */
export function differenceInterval(a: ScoreRow, b: ScoreRow, pairing: Pairing): [low: number, high: number] | null {
  return haveSpread(a, b, pairing) ? meanInterval(differences(a, b, pairing), confidenceLevel) : null;
}

/** True if two or more differences are not all equal. FIDs of independent runs never have equal differences. */
export function haveSpread(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  const variance = sampleVariance(differences(a, b, pairing));
  const largest = Math.max(...[a, b].flatMap(({ cells }) => cells.flatMap(({ fids }) => fids.map(Math.abs))));
  return variance !== null && !isRounding(variance, largest);
}

/** True if either is better than the other by more than chance. */
export function isSeparated(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  return isBetter(a, b, pairing) || isBetter(b, a, pairing);
}

/** FID of `a` minus FID of `b`, per dataset or per shared seed. Both rows must have an average. */
export function differences(a: ScoreRow, b: ScoreRow, pairing: Pairing): number[] {
  if (pairing === "datasets") return a.cells.map((cell, dataset) => cell.mean! - b.cells[dataset]!.mean!);
  return seedDifferences(a, b, 0);
}

/** FID of `a` minus FID of `b` on one dataset, per shared seed. */
export function seedDifferences(a: ScoreRow, b: ScoreRow, dataset: number): number[] {
  const [own, other] = [a.cells[dataset]!, b.cells[dataset]!];
  return own.seeds.flatMap((seed, index) => {
    const place = other.seeds.indexOf(seed);
    return place < 0 ? [] : [own.fids[index]! - other.fids[place]!];
  });
}
