// What ends a run of a sweep each time that it is run.

import type { CellOutcome } from "@dit-bench/runner";
import { exitCodes, mayWorkAgain } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";

/** The message of a run that would fail again; undefined if the same command may help. */
export function faultOf(outcomes: Iterable<CellOutcome | undefined>): string | undefined {
  for (const outcome of outcomes)
    if (outcome?.kind === "failed" && outcome.exitCode !== exitCodes.diverged && !mayWorkAgain(outcome.exitCode))
      return printable(outcome.message);
  return undefined;
}
