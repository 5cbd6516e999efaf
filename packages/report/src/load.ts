// Detects runs that were timed while other processes used the machine.

import type { RunRecord } from "@dit-bench/record";

/** Share of the machine's cores that may be in use before a time counts as measured under load. */
const tolerance = 1.1;

/** True if the run's threads and the other processes together needed more cores than the machine has. */
export function wasUnderLoad({ otherLoad, engine, machine }: RunRecord): boolean {
  return otherLoad !== undefined && otherLoad + engine.threads > machine.cores * tolerance;
}
