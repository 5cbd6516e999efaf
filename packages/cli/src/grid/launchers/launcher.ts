// A launcher runs the cells of a grid in some place, such as this machine or the queue of a cluster. To add one, add a
// file to this folder and a line to table.ts.

import type { GridCell } from "@dit-bench/runner";

export interface Launcher {
  readonly name: string;
  /** Flags of `bench grid` that only some launchers take, and that this one does. */
  readonly flags: readonly LauncherFlag[];
  /** Whether the cells run on the machine of `bench grid`; if not, their engine is not checked there. */
  readonly isHere: boolean;
  /** Checks the options before the grid is prepared. Throws BenchError (usage). */
  check?(options: LauncherOptions): void;
  /** Runs the cells or submits them, prints what the flags ask for, and returns the exit code. */
  launch(grid: PreparedGrid): Promise<number>;
  /** What the launcher does in a job on the cluster. */
  readonly job?: JobSide;
}

export type LauncherFlag = "job" | "dryRun" | "status" | "wait";

/** The options of `bench grid` for its launcher. */
export interface LauncherOptions {
  /** How many cells, or jobs of a cluster, run at the same time. */
  readonly jobs: number | undefined;
  /** In minutes. */
  readonly timeLimit: number | undefined;
  readonly json: boolean;
  /** Folders whose records the tables have, too. */
  readonly with: readonly string[];
  readonly engine: string;
  readonly job: readonly string[];
  readonly dryRun: boolean;
  readonly status: boolean;
  readonly wait: boolean;
}

/** A grid whose options have been checked. */
export interface PreparedGrid {
  readonly cells: readonly GridCell[];
  /** What the cells are, such as `6 methods × 8 datasets × 3 seeds`. */
  readonly factors: string;
  /** The folder of the runs of the recipe's protocol. */
  readonly folder: string;
  readonly options: LauncherOptions;
  /** A line about the time that the cells will take; undefined if they do not run here. */
  readonly expectedTime: string | undefined;
  /** The arguments of `bench` for a cell. @param threads CPU threads of the cell's engine */
  argumentsOf(cell: GridCell, threads?: number): readonly string[];
}

/** Reads what the cluster's own variables tell a job. */
export interface JobSide {
  /** The number of this job among those of its plan, from 0; undefined if this is no job of the cluster. */
  index(environment: NodeJS.ProcessEnv): number | undefined;
  /** CPUs of this job. */
  cpus?(environment: NodeJS.ProcessEnv): number | undefined;
  /**
   * Puts this job back into the queue, after its runs have stopped where they can resume. Without it, the cluster
   * starts interrupted jobs again by itself.
   *
   * @param log gets lines about what was done
   */
  requeue?(environment: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void>;
}
