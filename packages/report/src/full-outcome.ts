// The comparison of a row with full fine-tuning, for the sentences about it.

import type { Comparison, MethodRow } from "./comparison.ts";
import { formatFid } from "./format.ts";
import { canTest, differenceInterval, differences, isBetter, pairingOver } from "./ranking.ts";
import { mean } from "./statistics.ts";
import { tuningStates } from "./tuned-rows.ts";

export interface FullOutcome {
  /** `Full fine-tuning (16.20)`, with the label of its row if it has several, and whether only the other is tuned. */
  name: string;
  /** How full fine-tuning compares with the row, by more than chance. */
  verdict: "better" | "worse" | "not separated";
  /** A phrase if only some of the seeds are compared; else empty. */
  scope: string;
  /** FID of full fine-tuning minus that of the row. */
  difference: number;
  /** Its 95 % interval; null if all differences are equal. */
  interval: [low: number, high: number] | null;
}

/** Null without a row of full fine-tuning that can be tested against `row`. */
export function fullOutcome({ rows, datasets }: Comparison, row: MethodRow): FullOutcome | null {
  const pairing = pairingOver(datasets.length);
  const fullRow = rows.find((other) => other.full && other !== row && canTest(other, row, pairing));
  if (fullRow === undefined) return null;
  const verdict = isBetter(fullRow, row, pairing)
    ? "better"
    : isBetter(row, fullRow, pairing)
      ? "worse"
      : "not separated";
  const stateOf = tuningStates(rows);
  const isUnequal = stateOf(row) !== "none" && stateOf(fullRow) === "none";
  const rowName = rows.filter(({ full }) => full).length > 1 ? ` in row "${fullRow.label}"` : "";
  const remark = isUnequal ? ", not tuned" : "";
  const seeds = [fullRow, row].map(({ cells }) => cells[0]!.seeds.join());
  return {
    name: `Full fine-tuning${rowName} (${formatFid(fullRow.average!.mean)}${remark})`,
    verdict,
    scope: pairing === "seeds" && seeds[0] !== seeds[1] ? " on the seeds that both have" : "",
    difference: mean(differences(fullRow, row, pairing)),
    interval: differenceInterval(fullRow, row, pairing),
  };
}
