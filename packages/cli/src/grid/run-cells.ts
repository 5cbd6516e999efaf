// Runs the cells of a grid or a sweep with display, log and signals.

import { fileURLToPath } from "node:url";
import { BenchError, type CellOutcome, type GridCell, startGrid } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { printNote } from "../print.ts";
import { listenForSignals } from "../signals.ts";
import { openGridLog } from "./log.ts";
import { shareCores } from "./share-cores.ts";
import { watchGrid } from "./watch.ts";

/** The program that runs a cell. */
export const entry = fileURLToPath(new URL("../../bin/bench.js", import.meta.url));

export interface CellsTask {
  readonly cells: readonly GridCell[];
  /** What the cells are, such as `6 methods × 8 datasets × 3 seeds`. */
  readonly factors: string;
  /** A line about the time that the cells will take. */
  readonly expectedTime?: string | undefined;
  /** The folder of the log. */
  readonly folder: string;
  /** Default: one for each core. */
  readonly jobs: number | undefined;
  readonly timeLimit: number | undefined;
  /** The arguments of `bench` for a cell. @param threads CPU threads of the cell's engine */
  argumentsOf(cell: GridCell, threads: number): readonly string[];
}

export interface EndedCells {
  readonly outcomes: ReadonlyMap<GridCell, CellOutcome>;
  /** Names of the cells that failed. */
  readonly failures: readonly string[];
  readonly logPath: string;
}

/** Runs all cells. Throws BenchError: io if there can be no log, interrupted if a stop was requested. */
export async function runCells(task: CellsTask): Promise<EndedCells> {
  const { cells, factors, folder, timeLimit } = task;
  const { jobs, threads } = shareCores(task.jobs);
  const title =
    `${quantity(cells.length, "cell")}: ${factors}, ` + `${jobs} at a time with ${quantity(threads, "thread")} each`;
  const log = openGridLog(folder, title);
  printNote(task.expectedTime === undefined ? `${title}\n` : `${title}\n${task.expectedTime}\n`);

  const { watch, note, close, failures } = watchGrid(cells, jobs, log.write);
  const outcomes = new Map<GridCell, CellOutcome>();
  const run = startGrid({
    cells,
    command: (cell) => [entry, ...task.argumentsOf(cell, threads)],
    jobs,
    ...(timeLimit === undefined ? {} : { limitMinutes: timeLimit }),
    watch: {
      ...watch,
      ended(cell, outcome) {
        outcomes.set(cell, outcome);
        watch.ended(cell, outcome);
      },
    },
  });
  listenForSignals(run.stop, run.kill, note);
  const { stopped } = await run.result.finally(close);
  if (stopped)
    throw new BenchError(
      "interrupted",
      `stopped before all ${cells.length} cells were finished; run the same command again to continue`,
    );
  return { outcomes, failures, logPath: log.path };
}

/** Says that `--datasets` has no effect beside `--data`. */
export function noteUnusedDatasets({
  data,
  datasets,
}: {
  data: readonly string[];
  datasets: string | undefined;
}): void {
  if (data.length > 0 && datasets !== undefined)
    printNote(`--datasets ${datasets} is not used: the images of --data are datasets of their own\n`);
}

/** Prints how many cells were finished before by another engine than that of `--engine`. */
export function noteOtherEngines(engine: string, outcomes: Iterable<CellOutcome>): void {
  const others = [...outcomes].flatMap((outcome) => {
    if (outcome.kind !== "finished" || !outcome.already) return [];
    const { name } = outcome.record.engine;
    return name === engine ? [] : [name];
  });
  if (engine === "auto" || others.length === 0) return;
  printNote(
    `--engine ${engine} has no effect on ${quantity(others.length, "cell")} ` +
      `that ${others.length === 1 ? "was" : "were"} finished before ` +
      `by the engine ${[...new Set(others)].sort().join(", ")}; give another --out to run them again\n`,
  );
}
