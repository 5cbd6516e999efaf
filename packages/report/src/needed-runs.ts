/**
 * How many seeds or datasets would likely separate two methods that are not separated yet.
 *
 * Assumes that the mean and the spread of the differences stay as observed, and asks for a power of 80 %: the smallest n with
 * |d| sqrt(n) / s >= t(97.5 %, n - 1) + t(80 %, n - 1), the usual approximation of the noncentral t by a shifted one. From
 * few differences this is a rough figure, so texts round it to "about".
 */
import { differences, type Pairing, seedDifferences } from "./ranking.ts";
import { level, type ScoreRow } from "./scores.ts";
import { mean, sampleVariance, twoSidedT } from "./statistics.ts";

export const power = 0.8;
/** No larger number is given: that far out the estimate means nothing. */
export const mostRuns = 100;

export interface NeededRuns {
  /** What to run more of: seeds of each dataset, or datasets like these. */
  what: Pairing;
  /** False where what more seeds would do is unknown, because some dataset has one seed. */
  seedsAreKnown: boolean;
  /** In all, not in addition; Infinity for more than {@link mostRuns}. */
  count: number;
}

/** Null where fewer than two differences can be had, from which nothing can be estimated. */
export function neededRuns(a: ScoreRow, b: ScoreRow, pairing: Pairing): NeededRuns | null {
  const observed = differences(a, b, pairing);
  const variance = sampleVariance(observed);
  if (variance === null) return null;
  const distance = Math.abs(mean(observed));
  if (pairing === "seeds")
    return { what: "seeds", seedsAreKnown: true, count: smallest((n) => reaches(distance, variance / n, n - 1)) };

  // Of the variance over datasets, the part that the seeds make shrinks with their number; the rest does not.
  const k = observed.length;
  const noise = seedNoise(a, b);
  if (noise !== null) {
    const rest = Math.max(0, variance - mean(noise.map(({ variance, n }) => variance / n)));
    const perSeed = mean(noise.map(({ variance }) => variance));
    const count = smallest((n) => reaches(distance, (rest + perSeed / n) / k, k - 1));
    if (Number.isFinite(count)) return { what: "seeds", seedsAreKnown: true, count };
  }
  const count = smallest((n) => reaches(distance, variance / n, n - 1));
  return { what: "datasets", seedsAreKnown: noise !== null, count };
}

function reaches(distance: number, variance: number, degrees: number): boolean {
  if (distance === 0) return false;
  return distance >= Math.sqrt(variance) * (twoSidedT(level, degrees) + twoSidedT(2 * power - 1, degrees));
}

function smallest(isEnough: (n: number) => boolean): number {
  for (let n = 2; n <= mostRuns; n++) if (isEnough(n)) return n;
  return Number.POSITIVE_INFINITY;
}

/** Variance of the difference of single runs on each dataset, over the seeds that both have; null where some has fewer than two. */
function seedNoise(a: ScoreRow, b: ScoreRow): { variance: number; n: number }[] | null {
  const parts = a.cells.map((_, dataset) => seedDifferences(a, b, dataset));
  if (parts.some((part) => part.length < 2)) return null;
  return parts.map((part) => ({ variance: sampleVariance(part)!, n: part.length }));
}
