// Sentences that the Markdown page, the charts and the terminal share.

import { quantity } from "@dit-bench/text";
import type { Comparison, MethodRow } from "./comparison.ts";
import { formatFid, joinWithAnd } from "./format.ts";
import { mostRuns, type NeededRuns } from "./needed-runs.ts";
import { type Average, comparedMean } from "./scores.ts";

/** The warning that accompanies every comparison and every model card of miniatures. */
export function miniatureNote({ records }: Pick<Comparison, "records">): string {
  const extractor = records.find((record) => record.metrics !== null)?.metrics?.extractor;
  const procedural = records.some((record) => record.data.source === "miniature");
  const what = procedural
    ? "These are miniatures: a small base model, and small procedural images in place of the datasets."
    : "The model is a miniature: a small base model on small images.";
  const features = extractor === undefined ? "a small extractor" : `the small extractor ${extractor}`;
  return `${what} FIDs use the features of ${features} and must never be compared with published FIDs.`;
}

/**
 * Sentences on the measurement: datasets, seeds, numbers of images, extractor and protocol.
 *
 * @param code formats the names of protocol, extractor and resizer
 */
export function measurement(comparison: Comparison, code = (name: string) => name): string {
  const { records, datasets } = comparison;
  const scored = records.flatMap((record) => record.metrics ?? []);
  const rangeText = (values: number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? String(least) : `${least} to ${most}`;
  };
  const scopeText = `FID, lower is better, on ${quantity(datasets.length, "dataset")}, ${seedsText(comparison)}.`;
  const protocol = `Protocol ${code(comparison.protocol)}.`;
  const first = scored[0];
  if (first === undefined) return `${scopeText} ${protocol}`;
  const imagesText =
    `Each run: ${rangeText(scored.map(({ generated }) => generated))} generated images ` +
    `against ${rangeText(scored.map(({ real }) => real))} real ones, ` +
    `with the features of ${code(first.extractor)} (resizer ${code(first.resizer)}).`;
  return `${scopeText} ${imagesText} ${protocol}`;
}

/** `3 seeds each`, or `1 to 3 seeds each` if the counts differ. */
export function seedsText({ rows }: Comparison): string {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  if (counts.length === 0) return "no finished run";
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${quantity(least, "seed")} each` : `${least} to ${most} seeds each`;
}

/** `6 methods`, or `6 methods in 9 rows` if a method has several. */
export function methodsText({ rows }: Comparison): string {
  const methods = quantity(new Set(rows.map(({ method }) => method)).size, "method");
  return rowNoun({ rows }) === "method" ? methods : `${methods} in ${quantity(rows.length, "row")}`;
}

/** What a table has one line of: a method may have rows for several options, learning rates or variants. */
export function rowNoun({ rows }: Pick<Comparison, "rows">): "method" | "row" {
  return new Set(rows.map(({ method }) => method)).size === rows.length ? "method" : "row";
}

/** `22.77 (95 % interval 22.39 to 23.16, from the spread over seeds)`. */
export function averageText({ mean, interval, basis }: Average): string {
  if (interval === null)
    return `${formatFid(mean)} (no interval: ${basis === "seeds" ? "all seeds are equal" : "its runs have none"})`;
  const source = basis === "seeds" ? "from the spread over seeds" : "from the finite number of samples only";
  return `${formatFid(mean)} (95 % interval ${interval.map(formatFid).join(" to ")}, ${source})`;
}

/**
 * A sentence with the rows of the recipe itself that have no average, and why; null if there are none. An average over
 * the datasets that they have would favour methods that fail on hard ones.
 */
export function withoutAverageText({ rows, datasets }: Comparison): string | null {
  const missing = rows.filter(({ average, variant }) => average === null && variant === null);
  if (missing.length === 0) return null;
  const titlesOf = (row: MethodRow, isChosen: (cell: MethodRow["cells"][number]) => boolean) => {
    const titles = datasets.flatMap(({ title }, index) => (isChosen(row.cells[index]!) ? [title] : []));
    return titles.length > mostTitles ? `${titles.length} of ${datasets.length} datasets` : joinWithAnd(titles);
  };
  const names = missing.map((row) => {
    const diverged = titlesOf(row, (cell) => cell.diverged.length > 0);
    const absent = titlesOf(row, (cell) => cell.mean === null && cell.diverged.length === 0);
    const reasons = [diverged && `diverged on ${diverged}`, absent && `no finished run on ${absent}`];
    return `${row.label} (${reasons.filter((reason) => reason !== "").join(", ")})`;
  });
  return `Not compared, for lack of an average: ${joinWithAnd(names)}.`;
}

const mostTitles = 3;

/**
 * The rows with an average that are not ranked, because their intervals have another basis than those of the ranked
 * rows.
 */
export function rowsOfOtherBasis({ rows, rankedBasis }: Comparison): MethodRow[] {
  if (rankedBasis === null) return [];
  return rows.filter((row) => row.average !== null && row.average.basis !== rankedBasis);
}

/**
 * The rows with an average on the ranked basis that have no rank, because they share fewer than two seeds with each
 * other row.
 */
export function rowsWithoutSharedSeeds({ rows, rankedBasis }: Comparison): MethodRow[] {
  return rows.filter((row) => row.average?.basis === rankedBasis && row.rank === null);
}

/** Why several methods have an average and none has a rank, and what to do: two clauses. */
export function unrankedReason({ rows, datasets }: Comparison): { reason: string; remedy: string } {
  const averaged = rows.filter((row) => row.average !== null);
  if (datasets.length > 1)
    return {
      reason:
        "one method has one seed on some dataset and the other has several, so their intervals have different bases",
      remedy: "run the same seeds of both",
    };
  if (averaged.every(({ cells }) => cells.every(({ seeds }) => seeds.length === 1)))
    return {
      reason: "each method has one seed on one dataset, which cannot separate a difference from chance",
      remedy: "run at least 3 seeds, or more datasets",
    };
  return {
    reason: "no two methods share two seeds, and only runs with equal seeds are compared",
    remedy: "run the same seeds of every method, at least 3",
  };
}

/** Describes the runs of a row with the basis `samples`, which has one seed on some dataset. */
export function oneSeedText({ datasets }: Comparison): string {
  return datasets.length === 1 ? "one seed" : "one seed on some dataset";
}

/** A clause with the number of runs that would separate the methods `names`. */
export function neededText({ what, count, seedsAreKnown }: NeededRuns, names: readonly string[]): string {
  const namesText = joinWithAnd(names);
  const unknown = "; one seed does not show whether more seeds would";
  if (!Number.isFinite(count)) {
    if (what === "seeds") return `even ${mostRuns} seeds would likely not separate ${namesText}`;
    return seedsAreKnown
      ? `neither more seeds nor ${mostRuns} datasets like these would likely separate ${namesText}`
      : `even ${mostRuns} datasets like these would likely not separate ${namesText}${unknown}`;
  }
  if (what === "seeds") return `about ${count} seeds would likely separate ${namesText}`;
  return seedsAreKnown
    ? `more seeds would not separate ${namesText}; about ${count} datasets like these likely would`
    : `about ${count} datasets like these would likely separate ${namesText}${unknown}`;
}

/** What bold numbers leave out; empty if nothing. */
export function boldScope({ rows }: Pick<Comparison, "rows">): string {
  const isPartial = rows.some(({ cells }) => cells.some((cell) => cell.mean !== comparedMean(cell)));
  return isPartial ? ", without those of methods with a diverged run there" : "";
}

/** The sentence that names the records that could not be read; null if there are none. */
export function leftOutNote(leftOut: readonly string[]): string | null {
  if (leftOut.length === 0) return null;
  const [verb, recordsText] = leftOut.length === 1 ? ["is", "1 record"] : ["are", `${leftOut.length} records`];
  return `${recordsText} could not be read and ${verb} left out: ${leftOut.join(", ")}.`;
}
