// Estimates how many seeds or datasets would likely separate two methods that are not separated yet.
//
// Assumes that the mean d and the standard deviation s of the differences stay as observed. The result is the smallest
// n with |d| sqrt(n) / s >= t(97.5 %, n - 1) + t(80 %, n - 1), a power of 80 %; the noncentral t is approximated by a
// shifted t, as usual. From few differences the figure is rough, so texts print "about".

import { differences, haveSpread, type Pairing, seedDifferences } from "./ranking.ts";
import { confidenceLevel, type ScoreRow } from "./scores.ts";
import { mean, sampleVariance, twoSidedT } from "./statistics.ts";

export const power = 0.8;
/** The largest number that is reported; estimates above it mean nothing. */
export const mostRuns = 100;

export interface NeededRuns {
  /** The kind of further runs: more seeds of each dataset, or more datasets similar to these. */
  what: Pairing;
  /** False if the effect of more seeds is unknown, because some dataset has one seed. */
  seedsAreKnown: boolean;
  /** Total number, existing runs included; Infinity for more than {@link mostRuns}. */
  count: number;
}

/**
 * Null if nothing can be estimated: `a` and `b` have fewer than two differences, or equal ones. If these are zero, no
 * number of runs is enough.
 */
export function neededRuns(a: ScoreRow, b: ScoreRow, pairing: Pairing): NeededRuns | null {
  const observedDifferences = differences(a, b, pairing);
  const variance = sampleVariance(observedDifferences);
  if (variance === null) return null;
  const difference = Math.abs(mean(observedDifferences));
  if (difference !== 0 && !haveSpread(a, b, pairing)) return null;
  if (pairing === "seeds")
    return {
      what: "seeds",
      seedsAreKnown: true,
      count: smallestNumber((n) => separates(difference, variance / n, n - 1)),
    };

  // The variance over datasets has a part due to seeds, which shrinks with their number, and a rest that does not.
  const datasetCount = observedDifferences.length;
  const noise = seedNoise(a, b);
  if (noise !== null) {
    const rest = Math.max(0, variance - mean(noise.map(({ variance, n }) => variance / n)));
    const perSeed = mean(noise.map(({ variance }) => variance));
    const count = smallestNumber((n) => separates(difference, (rest + perSeed / n) / datasetCount, datasetCount - 1));
    if (Number.isFinite(count)) return { what: "seeds", seedsAreKnown: true, count };
  }
  const count = smallestNumber((n) => separates(difference, variance / n, n - 1));
  return { what: "datasets", seedsAreKnown: noise !== null, count };
}

/** `variance` is the squared standard error of the difference. */
function separates(difference: number, variance: number, degrees: number): boolean {
  if (difference === 0) return false;
  return difference >= Math.sqrt(variance) * (twoSidedT(confidenceLevel, degrees) + twoSidedT(2 * power - 1, degrees));
}

function smallestNumber(isEnough: (n: number) => boolean): number {
  for (let n = 2; n <= mostRuns; n++) if (isEnough(n)) return n;
  return Number.POSITIVE_INFINITY;
}

/** Variance over shared seeds of the difference on each dataset; null if a dataset has fewer than two such seeds. */
function seedNoise(a: ScoreRow, b: ScoreRow): { variance: number; n: number }[] | null {
  const parts = a.cells.map((_, dataset) => seedDifferences(a, b, dataset));
  if (parts.some((part) => part.length < 2)) return null;
  return parts.map((part) => ({ variance: sampleVariance(part)!, n: part.length }));
}
