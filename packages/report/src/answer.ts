// The comparison in a few sentences: which method is best, what it costs, and whether the difference is larger than
// chance. Every sentence states a number of the table or the outcome of a test in ranking.ts.

import { loadMark, tableColumns } from "./columns.ts";
import type { Comparison, MethodRow } from "./comparison.ts";
import { formatFid, listing } from "./format.ts";
import { neededRuns } from "./needed-runs.ts";
import { canCompare, isBetter, isSeparated } from "./ranking.ts";
import { neededText, oneSeedText, rowsOfOtherBasis, rowsWithoutSharedSeeds, unrankedReason } from "./wording.ts";

/** Sentences of plain text. Labels are not escaped. */
export function answer(comparison: Comparison): string[] {
  const averaged = comparison.rows.filter((row) => row.average !== null);
  if (averaged.length === 0)
    return ["No method has a finished run on every dataset, so there is no average to compare."];
  const efficient = averaged.filter((row) => !row.full);
  const otherBasis = rowsOfOtherBasis(comparison);
  const unpaired = rowsWithoutSharedSeeds(comparison);
  const eligible = efficient.filter((row) => !otherBasis.includes(row) && !unpaired.includes(row));
  const best = eligible[0] ?? efficient[0] ?? averaged[0]!;
  return [
    bestText(comparison, best, eligible),
    separationText(comparison, best, eligible),
    costText(best),
    referenceText(comparison, best),
    otherBasisText(comparison, otherBasis),
    unpaired.length === 0
      ? null
      : `Not ranked: ${listing(unpaired.map((row) => row.label))}, with fewer than two seeds shared with the others.`,
  ].filter((sentence) => sentence !== null);
}

function bestText({ datasets, base, rows }: Comparison, best: MethodRow, eligible: readonly MethodRow[]): string {
  const { mean, interval, basis } = best.average!;
  const what = datasets.length === 1 ? "FID" : "average FID";
  const basedOn = basis === "seeds" ? "from the spread over seeds" : "from the finite number of samples only";
  const limits = interval.map(formatFid).join(" to ");
  const figure = `${formatFid(mean)} (95 % interval ${limits}, ${basedOn})`;
  const reference =
    base.average === null ? "" : `; the base model without fine-tuning has ${formatFid(base.average.mean)}`;
  const which = eligible.length < rows.filter((row) => !row.full).length ? "comparable methods" : "methods";
  if (eligible.length < 2) return `${best.label} has the ${what} ${figure}${reference}.`;
  return (
    `${best.label} has the lowest ${what} of the ${eligible.length} ${which} that train a part of the model: ` +
    `${figure}${reference}.`
  );
}

/** Whether the best method is better than the others by more than chance, and if not, how many runs would show it. */
function separationText(comparison: Comparison, best: MethodRow, eligible: readonly MethodRow[]): string | null {
  const { pairing } = comparison;
  const rest = eligible.filter((row) => row !== best);
  if (rest.length === 0) return null;
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return `Whether it is better than the others by more than chance is unknown, because ${reason}: ${remedy}.`;
  }
  const tested = rest.filter((row) => canCompare(best, row, pairing));
  const untested = rest.filter((row) => !tested.includes(row));
  const remark =
    untested.length === 0
      ? ""
      : ` It shares fewer than two seeds with ${listing(untested.map((row) => row.label))}, ` +
        `so it is not compared with ${untested.length === 1 ? "that method" : "those methods"}.`;
  const unseparated = tested.filter((row) => !isSeparated(best, row, pairing));
  if (tested.length === 0) return remark.trim();
  if (unseparated.length === 0) {
    const isAll = tested.length > 1 && untested.length === 0;
    const names = isAll ? "each of the others" : listing(tested.map((row) => row.label));
    return `It is better than ${names} by more than chance.${remark}`;
  }
  const needed = neededRuns(best, unseparated[0]!, pairing);
  const remedy = needed === null ? "" : `; ${neededText(needed, [best.label, unseparated[0]!.label])}`;
  return `It is not separated from ${listing(unseparated.map((row) => row.label))}${remedy}.${remark}`;
}

function costText(row: MethodRow): string | null {
  const text = (heading: string) => tableColumns.find((column) => column.heading === heading)!.text(row);
  const loaded = [text("Training"), text("ms/step")].some((value) => value.endsWith(loadMark));
  const relative =
    row.relativeTime === null || row.full ? "" : `, ${text("Relative time")} the time of full fine-tuning`;
  const time = text("Training").replace(loadMark, "");
  return (
    `Each run trains ${text("Trainable")} weights (${text("Share of model")} of the model, ` +
    `${text("Stored")} on disk) in ${time}${relative}, with ${text("Memory")} of memory` +
    `${loaded ? "; these times were measured while other processes used the machine" : ""}.`
  );
}

/** The best method against full fine-tuning, if they can be tested, and a warning if the base model is not worse. */
function referenceText({ rows, base, pairing }: Comparison, best: MethodRow): string | null {
  const full = rows.find((row) => row.full && row.average !== null);
  const basis = best.average!.basis;
  const sentences: string[] = [];
  const testable = full !== undefined && full !== best && full.average!.basis === basis && pairing !== null;
  if (testable && canCompare(full, best, pairing)) {
    const verdict = isBetter(full, best, pairing)
      ? "is better than it by more than chance"
      : isBetter(best, full, pairing)
        ? "is worse than it by more than chance"
        : "is not separated from it";
    sentences.push(`Full fine-tuning (${formatFid(full.average!.mean)}) ${verdict}.`);
  }
  if (base.average !== null && base.average.mean <= best.average!.mean)
    sentences.push(`${best.label} is not better than the base model: fine-tuning did not help here.`);
  return sentences.length === 0 ? null : sentences.join(" ");
}

function otherBasisText(comparison: Comparison, rows: readonly MethodRow[]): string | null {
  if (rows.length === 0) return null;
  const names = listing(rows.map((row) => row.label));
  const oneSeed = oneSeedText(comparison);
  return comparison.rankedBasis === "seeds"
    ? `Not ranked with the others: ${names}, with ${oneSeed}.`
    : `Not ranked with the others: ${names}, because the others have ${oneSeed}.`;
}
