/** Sentences that tables, charts and the terminal share. */
import { quantity } from "@dit-bench/text";
import type { Comparison, MethodRow } from "./comparison.ts";
import { listing } from "./format.ts";
import { mostRuns, type NeededRuns } from "./needed-runs.ts";

/** What must stand with every number of a miniature comparison. */
export function miniatureNote({ records }: Comparison): string {
  const extractor = records.find((record) => record.metrics !== null)?.metrics?.extractor;
  const procedural = records.some((record) => record.data.source === "miniature");
  const what = procedural
    ? "These are miniatures: a small base model, and small procedural images in place of the datasets."
    : "The model is a miniature: a small base model on small images.";
  const distance = extractor === undefined ? "a small extractor" : `the small extractor ${extractor}`;
  return `${what} FIDs are those of ${distance} and must never be compared with published FIDs.`;
}

/** `3 seeds each`, or how they differ. */
export function seedsText({ rows }: Comparison): string {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  if (counts.length === 0) return "no finished run";
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${quantity(least, "seed")} each` : `${least} to ${most} seeds each`;
}

/** The rows with an average that are not ranked, because their interval rests on another basis than that of the ranked rows. */
export function rowsOfOtherBasis({ rows, rankedBasis }: Comparison): MethodRow[] {
  if (rankedBasis === null) return [];
  return rows.filter((row) => row.average !== null && row.average.basis !== rankedBasis);
}

/** The rows with an average on the ranked basis that share fewer than two seeds with each of the others, so have no rank. */
export function rowsWithoutSharedSeeds({ rows, rankedBasis }: Comparison): MethodRow[] {
  return rows.filter((row) => row.average?.basis === rankedBasis && row.rank === null);
}

/** Why there are no ranks where several methods have an average, and what to do: two clauses. */
export function unrankedReason({ rows, datasets }: Comparison): { reason: string; remedy: string } {
  const averaged = rows.filter((row) => row.average !== null);
  if (datasets.length > 1)
    return {
      reason:
        "one method has one seed on some dataset and the other has several, so their intervals rest on different bases",
      remedy: "run the same seeds of both",
    };
  if (averaged.every(({ cells }) => cells.every(({ seeds }) => seeds.length === 1)))
    return {
      reason: "each method has one seed on one dataset, which cannot tell a difference from chance",
      remedy: "run at least 3 seeds, or more datasets",
    };
  return {
    reason: "no two methods share two seeds, and only equal seeds are compared",
    remedy: "run the same seeds of every method, at least 3",
  };
}

/** Where a row has one seed: the reason for the basis `samples`. */
export function oneSeedText({ datasets }: Comparison): string {
  return datasets.length === 1 ? "one seed" : "one seed on some dataset";
}

/** What would separate `names`, as a clause. */
export function neededText({ what, count, seedsAreKnown }: NeededRuns, names: readonly string[]): string {
  const them = listing(names);
  const unknown = "; what more seeds would do, one seed cannot tell";
  if (!Number.isFinite(count)) {
    if (what === "seeds") return `even ${mostRuns} seeds would likely not separate ${them}`;
    return seedsAreKnown
      ? `neither more seeds nor ${mostRuns} datasets like these would likely separate ${them}`
      : `even ${mostRuns} datasets like these would likely not separate ${them}${unknown}`;
  }
  if (what === "seeds") return `about ${count} seeds would likely separate ${them}`;
  return seedsAreKnown
    ? `more seeds would not separate ${them}, about ${count} datasets like these likely would`
    : `about ${count} datasets like these would likely separate ${them}${unknown}`;
}

/** Names the records that could not be read; null where there are none. */
export function leftOutNote(leftOut: readonly string[]): string | null {
  if (leftOut.length === 0) return null;
  const [be, these] = leftOut.length === 1 ? ["is", "1 record"] : ["are", `${leftOut.length} records`];
  return `${these} could not be read and ${be} left out: ${leftOut.join(", ")}.`;
}
