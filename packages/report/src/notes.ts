// Writes the notes below a table: how each number was computed, and what the number does not show.

import { type Column, chooseColumns, gap, loadMark, samplesMark } from "./columns.ts";
import type { Comparison, MethodRow } from "./comparison.ts";
import { joinWithAnd } from "./format.ts";
import { wasUnderLoad } from "./load.ts";
import { neededRuns } from "./needed-runs.ts";
import { canCompare, isSeparated } from "./ranking.ts";
import { machinesOf } from "./relative.ts";
import { mean } from "./statistics.ts";
import { tuningNotes } from "./tuning-notes.ts";
import {
  boldScope,
  neededText,
  oneSeedText,
  rowNoun,
  rowsOfOtherBasis,
  rowsWithoutSharedSeeds,
  unrankedReason,
} from "./wording.ts";

/** Sentences of plain text, without Markdown. @param columns those of the table of methods */
export function notes(
  comparison: Comparison,
  columns: readonly Column[] = chooseColumns(comparison.records).map(({ column }) => column),
): string[] {
  const { rows, bases, records } = comparison;
  const isRanked = columns.some(({ name }) => name === "rank");
  const cells = rows.flatMap((row) => row.cells);
  return [
    cells.some((cell) => cell.deviation !== null) ? "± is the standard deviation over seeds." : null,
    ...intervalNotes(comparison),
    ...(isRanked
      ? [rankNote(comparison), otherBasisNote(comparison), sharedSeedsNote(comparison), openPairsNote(comparison)]
      : []),
    boldNote(comparison, columns, isRanked),
    rows.some((row) => row.full) ? "Full: full fine-tuning, the reference for the cheaper methods." : null,
    bases.some(({ cells }) => cells.some((cell) => cell.mean !== null)) ? baseNote(comparison) : null,
    ...variantNotes(comparison),
    ...tuningNotes(comparison),
    ...scoreNotes(comparison, columns),
    columns.some(({ isCost }) => isCost) ? costNote(comparison) : null,
    ...columns.flatMap((column) => {
      const text = column.note(comparison);
      return text === "" ? [] : [`${column.heading(comparison)}: ${text}`];
    }),
    loadNote(comparison),
    cells.some((cell) => cell.mean === null && cell.diverged.length === 0)
      ? `${gap} in a dataset's column: not run yet. A method without a run on every dataset has no average and no rank.`
      : null,
    cells.some((cell) => cell.diverged.length > 0)
      ? "Diverged: the training loss, a trained weight or a sample was not finite. " +
        "A method with a diverged run has no average and no rank."
      : null,
    mixtureNote("versions of the program", new Set(records.map(({ code }) => `${code.version} ${code.commit}`)).size),
    mixtureNote("machines or engines, so their times cannot be compared", machinesOf(records).size),
    records.some(({ code }) => code.clean === false)
      ? "Some runs were made with uncommitted changes to the program."
      : null,
  ].filter((note) => note !== null);
}

function baseNote({ records }: Comparison): string {
  return records.some(({ metrics }) => metrics?.baseLabels === "dataset")
    ? "Base model: no fine-tuning. It knows the classes and is sampled with them and with guidance, as the methods are."
    : "Base model: no fine-tuning. It is sampled with its null class, because it does not know the new classes.";
}

/** A sentence about each variant of the recipe, with the settings that it changes. */
function variantNotes({ bases }: Comparison): string[] {
  return bases.flatMap(({ variant, records }) => {
    if (variant === null) return [];
    const settings = Object.entries(records[0]!.cell.variant!.settings);
    const texts = settings.map(
      ([path, value]) => `${path}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [`${variant}: a variant of the recipe, with ${joinWithAnd(texts)}; its base model is where its runs start.`];
  });
}

/** What the means of further scores are, and why one can be missing. */
function scoreNotes(comparison: Comparison, columns: readonly Column[]): string[] {
  const scores = columns.filter(({ isScore }) => isScore);
  const further = scores.filter(({ name }) => name !== "fid");
  const rows = comparison.rows.filter((row) => row.average !== null);
  const furtherCells = rows.flatMap((row) => further.map((column) => column.cell(row, comparison)));
  const cells = scores.flatMap((column) => [
    ...rows.map((row) => column.cell(row, comparison)),
    ...comparison.bases.map((row) => column.base(row, comparison)),
  ]);
  return [
    ...(further.length > 0 ? ["Other scores: means over datasets, each counted once, as for FID."] : []),
    ...(furtherCells.some(({ text }) => text === gap)
      ? [`${gap} in the column of a score: some run does not have it; metrics.leftOut in its record has the reason.`]
      : []),
    ...(cells.some(({ text, interval }) => text !== gap && interval === undefined)
      ? ["A score without an interval: its runs state none, or all seeds have the same value."]
      : []),
  ];
}

/** The note on costs, with a remark if the costs of the methods are means over different datasets or seeds. */
function costNote({ rows }: Comparison): string {
  const cellsOf = ({ records }: MethodRow) =>
    records.flatMap(({ cell, exit }) => (exit === "finished" ? [`${cell.dataset} ${cell.seed}`] : [])).sort();
  const sets = new Set(rows.map((row) => JSON.stringify(cellsOf(row))));
  const remark = sets.size > 1 ? " The methods have finished on different datasets or with different seeds." : "";
  return `Costs are means over the finished runs of a method.${remark}`;
}

function boldNote({ pairing, rows }: Comparison, columns: readonly Column[], isRanked: boolean): string {
  const isLowest = columns.every(({ best }) => best !== "higher");
  const bold = `Bold: the ${isLowest ? "lowest" : "best"} number of a column${boldScope({ rows })}.`;
  return pairing === null || !isRanked ? bold : `${bold} The rank shows whether it is lower by more than chance.`;
}

function intervalNotes(comparison: Comparison): string[] {
  const { rows, bases, datasets } = comparison;
  const averages = [...rows, ...bases].flatMap(({ average }) => average ?? []);
  if (averages.length === 0) return [];
  const sources = new Set(averages.flatMap(({ interval, basis }) => (interval === null ? [] : [basis])));
  const what =
    datasets.length === 1 ? "FID: the mean over seeds" : "Average FID: the mean over datasets, each counted once";
  if (sources.size === 0) return [`${what}.`];
  return [
    `${what}, with a 95 % interval${sources.has("seeds") ? " from the spread over seeds" : ""}.`,
    ...(sources.has("samples")
      ? [
          `${samplesMark} interval of a method with ${oneSeedText(comparison)}: it reflects the finite number of ` +
            "samples only and does not include the variation between training runs.",
        ]
      : []),
  ];
}

function rankNote(comparison: Comparison): string | null {
  const { rows, pairing } = comparison;
  if (rows.filter((row) => row.average !== null).length < 2) return null;
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return `No ranks, because ${reason}: ${remedy}.`;
  }
  const pairs = pairing === "datasets" ? "one per dataset, seeds averaged" : "one per seed";
  const noun = rowNoun(comparison);
  return (
    `Rank: 1 plus the number of ${noun}s that are better by more than chance. ` +
    `Better by more than chance means that the 95 % interval of the differences (${pairs}, paired t) excludes zero. ` +
    `Rank 1: no ${noun} is shown to be better. ` +
    `The level holds for each pair of ${noun}s, not for all pairs at once.`
  );
}

function otherBasisNote(comparison: Comparison): string | null {
  const others = rowsOfOtherBasis(comparison);
  if (others.length === 0) return null;
  const oneSeed = oneSeedText(comparison);
  const severalSeeds = comparison.datasets.length === 1 ? "two or more" : "two or more seeds on every dataset";
  const [theirs, ranked] = comparison.rankedBasis === "seeds" ? [oneSeed, severalSeeds] : [severalSeeds, oneSeed];
  return (
    `Not ranked: ${joinWithAnd(others.map((row) => row.label))}, with ${theirs}, ` +
    `while the ranked methods have ${ranked}. ` +
    "Run the same seeds of every method to rank them all."
  );
}

function sharedSeedsNote(comparison: Comparison): string | null {
  const rows = rowsWithoutSharedSeeds(comparison);
  if (rows.length === 0) return null;
  const [clause, pronoun] = rows.length === 1 ? ["which shares", "it"] : ["which share", "them"];
  return (
    `Not ranked: ${joinWithAnd(rows.map((row) => row.label))}, ${clause} ` +
    `fewer than two seeds with any ranked method. Run the seeds of the other methods with ${pronoun} too.`
  );
}

/** A note on the number of runs that would likely separate neighbouring ranked methods that are not separated. */
function openPairsNote({ rows, pairing }: Comparison): string | null {
  if (pairing === null) return null;
  const ranked = rows
    .filter((row) => row.rank !== null)
    .sort((a, b) => a.average!.mean - b.average!.mean || (a.label < b.label ? -1 : 1));
  const clauses = ranked.flatMap((row, index) => {
    const next = ranked[index + 1];
    if (next === undefined || !canCompare(row, next, pairing) || isSeparated(row, next, pairing)) return [];
    const needed = neededRuns(row, next, pairing);
    return needed === null ? [] : [neededText(needed, [row.label, next.label])];
  });
  if (clauses.length === 0) return null;
  return (
    `Not separated yet: ${clauses.join("; ")} (these are totals, at a power of 80 %, if the differences stay as ` +
    "observed)."
  );
}

function loadNote({ rows }: Comparison): string | null {
  const finishedRuns = rows.flatMap((row: MethodRow) => row.records).filter((record) => record.exit === "finished");
  const loadedRuns = finishedRuns.filter(wasUnderLoad);
  if (loadedRuns.length === 0) return null;
  const runs = finishedRuns.length === 1 ? "the run was" : `${loadedRuns.length} of ${finishedRuns.length} runs were`;
  const cores = mean(loadedRuns.map((record) => record.otherLoad!)).toFixed(1);
  return (
    `${loadMark} ${runs} measured while other processes used ${cores} cores on average: ` +
    "the machine had too few cores, so the times are too long."
  );
}

function mixtureNote(what: string, count: number): string | null {
  return count > 1 ? `The runs come from ${count} different ${what}.` : null;
}
