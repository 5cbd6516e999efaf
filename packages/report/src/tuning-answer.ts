// The sentence about tuning in the answer: whether the same method is best at default and at tuned values.

import type { MethodRow } from "./comparison.ts";
import { formatFid } from "./format.ts";

/**
 * Compares the best method at default values with the best one at tuned values. A method whose default value was the
 * best of its sweep has no tuned row: its default row counts as the tuned one, too.
 *
 * @param rows by average, the best first
 * @returns null if no method has both rows
 */
export function tuningText(rows: readonly MethodRow[]): string | null {
  const tunedRows = rows.filter(isTuned);
  const defaultRows = rows.filter((row) => !isTuned(row));
  if (!tunedRows.some(({ method }) => defaultRows.some((row) => row.method === method))) return null;
  const tunedMethods = new Set(tunedRows.map(({ method }) => method));
  const atDefault = defaultRows[0]!;
  const atTuned = rows.find((row) => isTuned(row) || !tunedMethods.has(row.method))!;
  const fidOf = (row: MethodRow) => formatFid(row.average!.mean);
  if (atDefault.method !== atTuned.method)
    return (
      `At default values ${atDefault.label} has the lowest average (${fidOf(atDefault)}), ` +
      `at tuned values ${atTuned.label} (${fidOf(atTuned)}).`
    );
  const values = atTuned === atDefault ? "default and at tuned values" : "its default value, too";
  const value = atTuned === atDefault ? "" : ` (${fidOf(atDefault)})`;
  return `${atDefault.label} has the lowest average at ${values}${value}.`;
}

const isTuned = ({ records }: MethodRow): boolean => records.some(({ tuning }) => tuning !== undefined);
