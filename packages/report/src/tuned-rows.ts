// Which rows of a table have a value that a sweep chose.

import type { MethodRow } from "./comparison.ts";

/**
 * - `tuned`: a sweep chose the value of the row's learning rate or option, and it differs from the default.
 * - `default`: the default row of a method for which the sweep of another row found no better value. It is the row
 *   without tuning and the row with tuning.
 * - `none`: no sweep of this table's runs had the method, or the row has values that somebody chose by hand.
 */
export type TuningState = "tuned" | "default" | "none";

/** Returns the function that looks up the state of a row. @param rows all rows of the table */
export function tuningStates(rows: readonly MethodRow[]): (row: MethodRow) => TuningState {
  const key = (method: string, label: string) => JSON.stringify([method, label]);
  const defaults = new Set(
    rows.flatMap(({ records }) =>
      records.flatMap(({ tuning }) => tuning?.defaultIsBest.map(({ method, label }) => key(method, label)) ?? []),
    ),
  );
  return ({ records, variant }) => {
    if (records.some(({ tuning }) => tuning !== undefined)) return "tuned";
    const { method, methodLabel } = records[0]!.cell;
    return variant === null && defaults.has(key(method, methodLabel)) ? "default" : "none";
  };
}
