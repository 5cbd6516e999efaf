// Follows the jobs of a cluster until none is in the queue.

import { BenchError } from "@dit-bench/runner";
import { printNote } from "../../print.ts";
import { listenForSignals } from "../../signals.ts";
import { type CellStatus, describeCounts } from "./states.ts";

/** Time between two looks at the queue. It grows, because each look costs the cluster's controller some work. */
const firstMs = 1000;
const longestMs = 30_000;
const growth = 1.3;

/** After so many failures in sequence to read the queue, following ends: a controller that restarts takes a minute. */
const failureLimit = 10;

/**
 * Prints a line whenever the states have changed. Throws BenchError (interrupted) if a stop is requested; the jobs
 * continue then.
 *
 * @returns the states at the end
 */
export async function wait(states: () => Promise<readonly CellStatus[]>): Promise<readonly CellStatus[]> {
  const isStopping = listenForSignals(undefined, undefined, () => {});
  let shown = "";
  let failures = 0;
  const show = (line: string) => {
    if (line !== shown) printNote(`${line}\n`);
    shown = line;
  };
  for (let pause = firstMs; ; pause = Math.min(longestMs, pause * growth)) {
    try {
      const now = await states();
      failures = 0;
      show(describeCounts(now));
      if (now.every(({ job }) => job === undefined)) return now;
    } catch (error) {
      if (++failures === failureLimit) throw error;
      show(`${(error as Error).message}; trying again`);
    }
    for (let waited = 0; waited < pause && !isStopping(); waited += 100) await sleep(100);
    if (isStopping())
      throw new BenchError(
        "interrupted",
        "stopped following the jobs, which continue; the same command follows them again",
      );
  }
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
