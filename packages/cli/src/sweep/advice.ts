// The advice after a sweep that chose nothing for some method.

import type { Sweep } from "@dit-bench/record";
import type { CellOutcome } from "@dit-bench/runner";
import { exitCodes, mayWorkAgain } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";

/** What helps the methods without a choice. */
export function adviceFor({ methods }: Pick<Sweep, "methods">, outcomes: readonly CellOutcome[]): string {
  const runs = methods.flatMap(({ values }) => values.flatMap((tried) => tried.runs));
  if (runs.every(({ exit }) => exit !== "missing"))
    return "give lower values to the methods of which every value diverged, with --values";
  const hopeless = outcomes.find(
    (outcome) =>
      outcome.kind === "failed" && outcome.exitCode !== exitCodes.diverged && !mayWorkAgain(outcome.exitCode),
  );
  return hopeless?.kind === "failed"
    ? `the same command would fail again, because of this: ${printable(hopeless.message)}`
    : "run the same command again to run those that are missing";
}
