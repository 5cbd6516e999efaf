// The sentences about tuning in the answer: whether the same method is best without and with tuning, and which methods
// were not tuned.

import type { Comparison, MethodRow } from "./comparison.ts";
import { formatFid, joinWithAnd } from "./format.ts";
import { tuningStates } from "./tuned-rows.ts";

/**
 * Compares the best row without tuning with the best one with tuning. A method whose default value was the best of its
 * sweep has no tuned row: its default row counts as both. A method that no sweep had counts as not tuned only.
 *
 * @param eligibleRows by average, the best first
 * @returns null if none of these rows was tuned
 */
export function tuningText({ rows }: Comparison, eligibleRows: readonly MethodRow[]): string | null {
  const stateOf = tuningStates(rows);
  if (!eligibleRows.some((row) => stateOf(row) === "tuned")) return null;
  const plainRows = eligibleRows.filter((row) => stateOf(row) !== "tuned");
  const tunedRows = eligibleRows.filter((row) => stateOf(row) !== "none");
  // Also those whose tuned row cannot be compared.
  const tunedMethods = new Set(rows.filter((row) => stateOf(row) !== "none").map(({ method }) => method));
  const untunedRows = plainRows.filter(({ method }) => !tunedMethods.has(method));
  const sentences = [
    plainRows.length > 0 && tunedRows.length > 0 ? bestText(plainRows[0]!, tunedRows[0]!) : null,
    untunedRows.length > 0 ? `Not tuned: ${joinWithAnd(untunedRows.map(({ label }) => label))}.` : null,
  ].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? null : sentences.join(" ");
}

/** @param plain the best row without tuning @param tuned the best row with tuning */
function bestText(plain: MethodRow, tuned: MethodRow): string {
  if (plain === tuned) return `${plain.label} has the lowest average with and without tuning.`;
  const [before, after] = [plain, tuned].map((row) => formatFid(row.average!.mean));
  const best = plain.method === tuned.method ? "the same method" : tuned.label;
  return `Without tuning ${plain.label} has the lowest average (${before}), with tuning ${best} (${after}).`;
}
