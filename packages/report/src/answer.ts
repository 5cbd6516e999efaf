// Summarises the comparison in a few sentences: which method is best, what it costs, and whether the difference is
// larger than chance. Every sentence states a number of the table or the outcome of a test in ranking.ts.

import { loadMark, meanText } from "./columns.ts";
import type { Comparison, MethodRow } from "./comparison.ts";
import { formatFid, formatRatio, joinWithAnd } from "./format.ts";
import { metricNamed } from "./metrics.ts";
import { neededRuns } from "./needed-runs.ts";
import { canCompare, isBetter, isSeparated } from "./ranking.ts";
import { tuningText } from "./tuning-answer.ts";
import { neededText, oneSeedText, rowsOfOtherBasis, rowsWithoutSharedSeeds, unrankedReason } from "./wording.ts";

/** Sentences of plain text. Labels are not escaped. */
export function answer(comparison: Comparison): string[] {
  const best = bestMethod(comparison);
  if (best === null) return ["No method has a finished run on every dataset, so there is no average to compare."];
  const { bestRow, eligibleRows, otherBasis, unpairedRows } = best;
  return [
    bestText(comparison, bestRow, eligibleRows),
    separationText(comparison, bestRow, eligibleRows),
    tuningText(eligibleRows),
    costText(bestRow),
    referenceText(comparison, bestRow),
    otherBasisText(comparison, otherBasis),
    unpairedRows.length === 0
      ? null
      : `Not ranked: ${joinWithAnd(unpairedRows.map((row) => row.label))}, ` +
        "with fewer than two seeds shared with the others.",
  ].filter((sentence) => sentence !== null);
}

interface BestMethod {
  /** The method with the lowest average among the eligible ones; else, the first with an average. */
  bestRow: MethodRow;
  /** Methods that train a part of the model and are compared with each other, by average. */
  eligibleRows: MethodRow[];
  otherBasis: MethodRow[];
  unpairedRows: MethodRow[];
}

/** The method that the answer is about; null if no method has an average. */
export function bestMethod(comparison: Comparison): BestMethod | null {
  const averagedRows = comparison.rows.filter((row) => row.average !== null);
  if (averagedRows.length === 0) return null;
  const efficientRows = averagedRows.filter(trainsPart);
  const otherBasis = rowsOfOtherBasis(comparison);
  const unpairedRows = rowsWithoutSharedSeeds(comparison);
  const eligibleRows = efficientRows.filter((row) => !otherBasis.includes(row) && !unpairedRows.includes(row));
  return { bestRow: eligibleRows[0] ?? efficientRows[0] ?? averagedRows[0]!, eligibleRows, otherBasis, unpairedRows };
}

/** True for methods that train a part of the model, with the recipe itself. The answer is about these. */
export const trainsPart = ({ method, variant }: MethodRow): boolean => method !== "full" && variant === null;

function bestText(
  { datasets, base, rows }: Comparison,
  bestRow: MethodRow,
  eligibleRows: readonly MethodRow[],
): string {
  const { mean, interval, basis } = bestRow.average!;
  const metricText = datasets.length === 1 ? "FID" : "average FID";
  const basisText = basis === "seeds" ? "from the spread over seeds" : "from the finite number of samples only";
  const limits = interval.map(formatFid).join(" to ");
  const scoreText = `${formatFid(mean)} (95 % interval ${limits}, ${basisText})`;
  const reference =
    base.average === null ? "" : `; the base model without fine-tuning has ${formatFid(base.average.mean)}`;
  const comparable = eligibleRows.length < rows.filter(trainsPart).length ? "comparable " : "";
  const methodCount = new Set(eligibleRows.map(({ method }) => method)).size;
  const settingsText =
    methodCount === eligibleRows.length ? "" : `${eligibleRows.length} ${comparable}settings of the `;
  const groupText = `${settingsText}${methodCount} ${settingsText === "" ? comparable : ""}methods`;
  if (eligibleRows.length < 2) return `${bestRow.label} has the ${metricText} ${scoreText}${reference}.`;
  return (
    `${bestRow.label} has the lowest ${metricText} of the ${groupText} ` +
    `that train a part of the model: ${scoreText}${reference}.`
  );
}

/** Whether the best method is better than the others by more than chance, and if not, how many runs would show it. */
function separationText(comparison: Comparison, bestRow: MethodRow, eligibleRows: readonly MethodRow[]): string | null {
  const { pairing } = comparison;
  const otherRows = eligibleRows.filter((row) => row !== bestRow);
  if (otherRows.length === 0) return null;
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return `Whether it is better than the others by more than chance is unknown, because ${reason}: ${remedy}.`;
  }
  const testedRows = otherRows.filter((row) => canCompare(bestRow, row, pairing));
  const untestedRows = otherRows.filter((row) => !testedRows.includes(row));
  const remark =
    untestedRows.length === 0
      ? ""
      : ` It shares fewer than two seeds with ${joinWithAnd(untestedRows.map((row) => row.label))}, ` +
        `so it is not compared with ${untestedRows.length === 1 ? "that method" : "those methods"}.`;
  const unseparatedRows = testedRows.filter((row) => !isSeparated(bestRow, row, pairing));
  if (testedRows.length === 0) return remark.trim();
  if (unseparatedRows.length === 0) {
    const isAll = testedRows.length > 1 && untestedRows.length === 0;
    const names = isAll ? "each of the others" : joinWithAnd(testedRows.map((row) => row.label));
    return `It is better than ${names} by more than chance.${remark}`;
  }
  const needed = neededRuns(bestRow, unseparatedRows[0]!, pairing);
  const remedy = needed === null ? "" : `; ${neededText(needed, [bestRow.label, unseparatedRows[0]!.label])}`;
  return `It is not separated from ${joinWithAnd(unseparatedRows.map((row) => row.label))}${remedy}.${remark}`;
}

function costText(row: MethodRow): string | null {
  const text = (metric: string) => meanText(metricNamed(metric), row.records);
  const isUnderLoad = [text("trainSeconds"), text("stepMilliseconds")].some((value) => value.endsWith(loadMark));
  const relativeText =
    row.relativeTime === null || row.full ? "" : `, ${formatRatio(row.relativeTime)} the time of full fine-tuning`;
  const time = text("trainSeconds").replace(loadMark, "");
  return (
    `Each run trains ${text("trainableParameters")} weights (${text("trainablePercent")} of the model, ` +
    `${text("storedBytes")} on disk) in ${time}${relativeText}, with ${text("peakMemoryMB")} of memory` +
    `${isUnderLoad ? "; these times were measured while other processes used the machine" : ""}.`
  );
}

/** Compares the best method with full fine-tuning if both can be tested, and warns if the base model is not worse. */
function referenceText({ rows, base, pairing }: Comparison, bestRow: MethodRow): string | null {
  const fullRow = rows.find((row) => row.full && row.average !== null);
  const basis = bestRow.average!.basis;
  const sentences: string[] = [];
  const testable = fullRow !== undefined && fullRow !== bestRow && fullRow.average!.basis === basis && pairing !== null;
  if (testable && canCompare(fullRow, bestRow, pairing)) {
    const verdict = isBetter(fullRow, bestRow, pairing)
      ? "is better than it by more than chance"
      : isBetter(bestRow, fullRow, pairing)
        ? "is worse than it by more than chance"
        : "is not separated from it";
    const whichRow = rows.filter((row) => row.full).length > 1 ? `${fullRow.label}, ` : "";
    sentences.push(`Full fine-tuning (${whichRow}${formatFid(fullRow.average!.mean)}) ${verdict}.`);
  }
  if (base.average !== null && base.average.mean <= bestRow.average!.mean)
    sentences.push(`${bestRow.label} is not better than the base model: fine-tuning did not help here.`);
  return sentences.length === 0 ? null : sentences.join(" ");
}

function otherBasisText(comparison: Comparison, rows: readonly MethodRow[]): string | null {
  if (rows.length === 0) return null;
  const names = joinWithAnd(rows.map((row) => row.label));
  const oneSeed = oneSeedText(comparison);
  return comparison.rankedBasis === "seeds"
    ? `Not ranked with the others: ${names}, with ${oneSeed}.`
    : `Not ranked with the others: ${names}, because the others have ${oneSeed}.`;
}
