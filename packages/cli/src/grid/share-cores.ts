// How the cells of a grid share the CPU: how many run at the same time, and with how many threads each.

import { availableParallelism } from "node:os";

export interface CoreShare {
  readonly jobs: number;
  /** CPU threads of each cell's engine. */
  readonly threads: number;
}

/** @param jobs the value of `--jobs`; by default one cell runs on each core */
export function shareCores(jobs: number | undefined, cores = availableParallelism()): CoreShare {
  const used = jobs ?? cores;
  return { jobs: used, threads: Math.max(1, Math.floor(cores / used)) };
}
