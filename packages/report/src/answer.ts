// Summarises the comparison in a few sentences: which method is best, what it costs, and whether the difference is
// larger than chance. Every sentence states a number of the table or the outcome of a test in ranking.ts.

import { loadMark, meanText } from "./columns.ts";
import type { BaseRow, Comparison, MethodRow } from "./comparison.ts";
import { formatFid, formatRatio, joinWithAnd } from "./format.ts";
import { fullOutcome } from "./full-outcome.ts";
import { metricNamed } from "./metrics.ts";
import { neededRuns } from "./needed-runs.ts";
import { canCompare, canTest, isBetter, type Pairing, pairingOver } from "./ranking.ts";
import { machinesOf } from "./relative.ts";
import { tuningText } from "./tuning-answer.ts";
import {
  averageText,
  neededText,
  oneSeedText,
  rowsOfOtherBasis,
  rowsWithoutSharedSeeds,
  unrankedReason,
  withoutAverageText,
} from "./wording.ts";

/** Sentences of plain text. Labels are not escaped. */
export function answer(comparison: Comparison, best = bestMethod(comparison)): string[] {
  if (best === null)
    return [
      "No method has an average: that needs a finished run on every dataset, and none that diverged.",
      withoutAverageText(comparison),
    ].filter((sentence) => sentence !== null);
  const { bestRow, eligibleRows, otherBasis, unpairedRows } = best;
  return [
    bestText(comparison, bestRow, eligibleRows),
    separationText(comparison, bestRow, eligibleRows),
    tuningText(comparison, eligibleRows),
    costText(bestRow),
    referenceText(comparison, bestRow),
    otherBasisText(comparison, otherBasis),
    unpairedRows.length === 0
      ? null
      : `Not ranked: ${joinWithAnd(unpairedRows.map((row) => row.label))}, ` +
        "with fewer than two seeds shared with the others.",
    withoutAverageText(comparison),
  ].filter((sentence) => sentence !== null);
}

export interface BestMethod {
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

function bestText(comparison: Comparison, bestRow: MethodRow, eligibleRows: readonly MethodRow[]): string {
  const { datasets } = comparison;
  const base = baseOf(comparison, bestRow);
  const metricText = datasets.length === 1 ? "FID" : "average FID";
  const scoreText = averageText(bestRow.average!);
  const reference = base?.average ? `; the base model without fine-tuning has ${formatFid(base.average.mean)}` : "";
  if (eligibleRows.length < 2) return `${bestRow.label} has the ${metricText} ${scoreText}${reference}.`;
  const group = groupText(comparison, eligibleRows);
  const ties = eligibleRows.filter((row) => row !== bestRow && row.average!.mean === bestRow.average!.mean);
  const tiesText = ties.length === 0 ? "" : `, equal to that of ${namesOf(ties)}`;
  return `${bestRow.label} has the lowest ${metricText} of the ${group}${tiesText}: ${scoreText}${reference}.`;
}

/** What the runs of a row start from. */
export const baseOf = ({ bases }: Comparison, row: MethodRow): BaseRow | undefined =>
  bases.find(({ variant }) => variant === row.variant);

/** `5 methods that train a part of the model`, with the number of settings if a method has several rows. */
export function groupText({ rows }: Comparison, eligibleRows: readonly MethodRow[]): string {
  const trainedRows = rows.filter(trainsPart);
  const comparable = eligibleRows.length < trainedRows.length ? "comparable " : "";
  const methods = countMethods(eligibleRows);
  const allMethods = countMethods(trainedRows);
  const group = "that train a part of the model";
  if (methods === eligibleRows.length) return `${methods} ${comparable}methods ${group}`;
  const settings = `${eligibleRows.length} ${comparable}settings of`;
  if (allMethods === 1) return `${settings} the only method that trains a part of the model`;
  const share = methods === allMethods ? "" : `${methods === 1 ? "one" : methods} of `;
  return `${settings} ${share}the ${allMethods} methods ${group}`;
}

export const countMethods = (rows: readonly MethodRow[]): number => new Set(rows.map(({ method }) => method)).size;

/**
 * The rows that a row is compared with, and the other settings of its own method, which say nothing against the method.
 * If there is no other method, its own rows are the others.
 */
export function opponents(
  row: MethodRow,
  eligibleRows: readonly MethodRow[],
): { others: MethodRow[]; own: MethodRow[] } {
  const rest = eligibleRows.filter((other) => other !== row);
  const others = rest.filter(({ method }) => method !== row.method);
  return others.length === 0 ? { others: rest, own: [] } : { others, own: rest.filter((one) => !others.includes(one)) };
}

/** The other rows by the outcome of their tests against `row`. */
export interface TestedRows {
  /** Rows that `row` is better than, by more than chance. */
  worse: MethodRow[];
  /** Rows that are better than `row`: on one dataset, by the seeds that both have. */
  better: MethodRow[];
  open: MethodRow[];
  /** Rows that share fewer than two seeds with `row`. */
  untested: MethodRow[];
}

export function testAgainst(row: MethodRow, others: readonly MethodRow[], pairing: Pairing): TestedRows {
  const tested = others.filter((other) => canCompare(row, other, pairing));
  const worse = tested.filter((other) => isBetter(row, other, pairing));
  const better = tested.filter((other) => isBetter(other, row, pairing));
  return {
    worse,
    better,
    open: tested.filter((other) => !worse.includes(other) && !better.includes(other)),
    untested: others.filter((other) => !tested.includes(other)),
  };
}

/** Whether the best method is better than the others by more than chance, and if not, how many runs would show it. */
function separationText(comparison: Comparison, bestRow: MethodRow, eligibleRows: readonly MethodRow[]): string | null {
  const { pairing } = comparison;
  const { others: otherRows, own: ownRows } = opponents(bestRow, eligibleRows);
  if (otherRows.length === 0) return null;
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return `Whether it is better than the others by more than chance is unknown, because ${reason}: ${remedy}.`;
  }
  const { worse, better, open, untested } = testAgainst(bestRow, otherRows, pairing);
  const own = testAgainst(bestRow, ownRows, pairing);
  const isBest = worse.length === otherRows.length && worse.length > 1;
  const all = ownRows.length > 0 ? "each row of the other methods" : "each of the others";
  return [
    worse.length > 0 && open.length === 0
      ? `It is better than ${isBest ? all : namesOf(worse)} by more than chance.`
      : null,
    open.length > 0 ? openText(bestRow, open, pairing) : null,
    own.open.length > 0 ? ownText(own.open) : null,
    better.length + own.better.length > 0 ? betterText([...better, ...own.better]) : null,
    untested.length > 0
      ? `It shares fewer than two seeds with ${namesOf(untested)}, ` +
        `so it is not compared with ${untested.length === 1 ? "that method" : "those methods"}.`
      : null,
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

const namesOf = (rows: readonly MethodRow[]): string => joinWithAnd(rows.map((row) => row.label));

function openText(bestRow: MethodRow, open: readonly MethodRow[], pairing: Pairing): string {
  const needed = neededRuns(bestRow, open[0]!, pairing);
  const remedy = needed === null ? "" : `; ${neededText(needed, [bestRow.label, open[0]!.label])}`;
  return `It is not separated from ${namesOf(open)}${remedy}.`;
}

/** The rows of the same method that are not separated from the best one. */
export const ownText = (open: readonly MethodRow[]): string =>
  `Of its own method, ${namesOf(open)} ${open.length === 1 ? "is" : "are"} not separated from it.`;

/** A row with a higher average is better on the seeds that both have: its other seeds are worse. */
export function betterText(better: readonly MethodRow[]): string {
  const verb = better.length === 1 ? "is" : "are";
  return `But on the seeds that both have, ${namesOf(better)} ${verb} better than it by more than chance.`;
}

function costText(row: MethodRow): string | null {
  const text = (metric: string) => meanText(metricNamed(metric), row.records);
  const isUnderLoad = [text("trainSeconds"), text("stepMilliseconds")].some((value) => value.endsWith(loadMark));
  const relativeText =
    row.relativeTime === null || row.full ? "" : `, ${formatRatio(row.relativeTime)} the time of full fine-tuning`;
  const time = text("trainSeconds").replace(loadMark, "");
  const machines = machinesOf(row.records.filter(({ exit }) => exit === "finished")).size;
  const remarks = [
    machines > 1 ? `the time is a mean over ${machines} different machines or engines` : null,
    isUnderLoad ? "these times were measured while other processes used the machine" : null,
  ].filter((remark) => remark !== null);
  return (
    `Each run trains ${text("trainableParameters")} weights (${text("trainablePercent")} of the model, ` +
    `${text("storedBytes")} on disk) in ${time}${relativeText}, with ${text("peakMemoryMB")} of memory` +
    `${remarks.map((remark) => `; ${remark}`).join("")}.`
  );
}

/** Compares the best method with full fine-tuning and with the base model. */
function referenceText(comparison: Comparison, bestRow: MethodRow): string | null {
  const sentences = [fullText(comparison, bestRow), baseText(comparison, bestRow)];
  const known = sentences.filter((sentence) => sentence !== null);
  return known.length === 0 ? null : known.join(" ");
}

/** The outcome of the test against full fine-tuning; null without a row that can be tested. */
function fullText(comparison: Comparison, bestRow: MethodRow): string | null {
  const outcome = fullOutcome(comparison, bestRow);
  if (outcome === null) return null;
  const { name, verdict, scope } = outcome;
  const result = verdict === "not separated" ? "not separated from it" : `${verdict} than it by more than chance`;
  return `${name} is ${result}${scope}.`;
}

/** A warning if the best method is not better than the base model, by the same test as between methods. */
function baseText(comparison: Comparison, bestRow: MethodRow): string | null {
  const base = baseOf(comparison, bestRow);
  if (!base?.average) return null;
  const pairing = pairingOver(comparison.datasets.length);
  const { label } = bestRow;
  if (!canTest(base, bestRow, pairing))
    return base.average.mean > bestRow.average!.mean
      ? null
      : `${label} has no lower FID than the base model: these runs do not show that fine-tuning helps.`;
  if (isBetter(bestRow, base, pairing)) return null;
  return isBetter(base, bestRow, pairing)
    ? `The base model is better than ${label} by more than chance: fine-tuning did not help here.`
    : `${label} is not separated from the base model: these runs do not show that fine-tuning helps.`;
}

function otherBasisText(comparison: Comparison, rows: readonly MethodRow[]): string | null {
  if (rows.length === 0) return null;
  const names = joinWithAnd(rows.map((row) => row.label));
  const oneSeed = oneSeedText(comparison);
  return comparison.rankedBasis === "seeds"
    ? `Not ranked with the others: ${names}, with ${oneSeed}.`
    : `Not ranked with the others: ${names}, because the others have ${oneSeed}.`;
}
