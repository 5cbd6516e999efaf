/** Sentences that tables, charts and the terminal share. */
import type { Comparison, MethodRow } from "./comparison.ts";
import { listing, plural } from "./format.ts";
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
  return least === most ? `${plural(least, "seed")} each` : `${least} to ${most} seeds each`;
}

/** The rows with an average that are not ranked, because their interval rests on another basis than that of the ranked rows. */
export function rowsOfOtherBasis({ rows, rankedBasis }: Comparison): MethodRow[] {
  if (rankedBasis === null) return [];
  return rows.filter((row) => row.average !== null && row.average.basis !== rankedBasis);
}

/** Where a row has one seed: the reason for the basis `samples`. */
export function oneSeedText({ datasets }: Comparison): string {
  return datasets.length === 1 ? "one seed" : "one seed on some dataset";
}

/** What would separate `names`, as a clause. */
export function neededText({ what, count, seedsAreKnown }: NeededRuns, names: readonly string[]): string {
  const number = Number.isFinite(count) ? `about ${count}` : `more than ${mostRuns}`;
  const them = listing(names);
  if (what === "seeds") return `${number} seeds would likely separate ${them}`;
  return seedsAreKnown
    ? `more seeds would not separate ${them}, ${number} datasets like these likely would`
    : `${number} datasets like these would likely separate ${them}; what more seeds would do, one seed cannot tell`;
}

/** Names the records that could not be read; null where there are none. */
export function leftOutNote(leftOut: readonly string[]): string | null {
  if (leftOut.length === 0) return null;
  const [be, these] = leftOut.length === 1 ? ["is", "1 record"] : ["are", `${leftOut.length} records`];
  return `${these} could not be read and ${be} left out: ${leftOut.join(", ")}.`;
}
