/**
 * Ranks that state only what the numbers can separate.
 *
 * Two methods are compared by the differences of their FIDs on what both have run: with two or more datasets, one
 * difference per dataset (the means over seeds), so that the statement is about datasets like these; with one dataset,
 * one difference per seed. They are separated if the 95 % interval of the mean difference (paired Student t) excludes
 * zero. Differences of single seeds on several datasets are not pooled: runs on one dataset share its difficulty, and
 * counting them as independent would make the intervals too short. The level holds for each pair; it is not
 * corrected for the number of pairs. Rows whose averages rest on different bases are not ranked against each other.
 */
import { type Basis, level, type ScoreRow } from "./scores.ts";
import { meanInterval } from "./statistics.ts";

/** What the differences of two methods are taken over. */
export type Pairing = "datasets" | "seeds";

export interface Ranking {
  /** One per row: 1 + the number of ranked rows that are separated from it and better; null for a row that is not ranked. */
  ranks: (number | null)[];
  /** Null where there is nothing to pair over (one dataset, one seed): then nothing is ranked. */
  pairing: Pairing | null;
  /** The basis of the rows that are ranked; null where none is. */
  basis: Basis | null;
}

/**
 * Ranks the rows that have an average, lower being better: those of the basis that more of them have, `seeds` at a tie, and
 * `seeds` on a single dataset, where rows with one seed have nothing to pair over.
 */
export function rankRows(rows: readonly ScoreRow[]): Ranking {
  const averaged = rows.filter((row) => row.average !== null);
  const bySeeds = averaged.filter((row) => row.average!.basis === "seeds").length;
  const pairing: Pairing = (rows[0]?.cells.length ?? 0) > 1 ? "datasets" : "seeds";
  const basis: Basis = pairing === "seeds" || 2 * bySeeds >= averaged.length ? "seeds" : "samples";
  const candidates = averaged.filter((row) => row.average!.basis === basis);
  const ranked = candidates.filter((row) =>
    candidates.some((other) => other !== row && canCompare(row, other, pairing)),
  );
  if (ranked.length === 0) return { ranks: rows.map(() => null), pairing: null, basis: null };
  const ranks = rows.map((row) =>
    ranked.includes(row) ? 1 + ranked.filter((other) => isBetter(other, row, pairing)).length : null,
  );
  return { ranks, pairing, basis };
}

/** True if the two rows have enough in common for a test: two differences. */
export function canCompare(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  return differences(a, b, pairing).length > 1;
}

/** True if `a` is lower than `b` by more than the interval of their difference. */
export function isBetter(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  const interval = meanInterval(differences(a, b, pairing), level);
  return interval !== null && interval[1] < 0;
}

/** True if either is better than the other by more than chance. */
export function isSeparated(a: ScoreRow, b: ScoreRow, pairing: Pairing): boolean {
  return isBetter(a, b, pairing) || isBetter(b, a, pairing);
}

/** FID of `a` minus FID of `b`, per dataset or per seed that both have. Both rows need an average. */
export function differences(a: ScoreRow, b: ScoreRow, pairing: Pairing): number[] {
  if (pairing === "datasets") return a.cells.map((cell, dataset) => cell.mean! - b.cells[dataset]!.mean!);
  return seedDifferences(a, b, 0);
}

/** FID of `a` minus FID of `b` on one dataset, per seed that both have. */
export function seedDifferences(a: ScoreRow, b: ScoreRow, dataset: number): number[] {
  const [own, other] = [a.cells[dataset]!, b.cells[dataset]!];
  return own.seeds.flatMap((seed, index) => {
    const place = other.seeds.indexOf(seed);
    return place < 0 ? [] : [own.fids[index]! - other.fids[place]!];
  });
}
