// `bench grid`: runs many cells, each in its own process, and writes their tables.

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { BenchError, type GridCell, protocolFolder, startGrid } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { quantity } from "@dit-bench/text";
import type { GridOptions } from "../declarations/grid.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { openGridLog } from "../grid/log.ts";
import { planGrid, sendPlanIfPreparing } from "../grid/plan.ts";
import { watchGrid } from "../grid/watch.ts";
import { printNote } from "../print.ts";
import { reportError } from "../report-error.ts";
import { listenForSignals } from "../signals.ts";
import { writeTables } from "./table.ts";

const entry = fileURLToPath(new URL("../../bin/bench.js", import.meta.url));

/** Runs a grid. @param argv the command line of this process; the process that prepares the grid gets it, too */
export async function grid(options: GridOptions, argv: readonly string[]): Promise<void> {
  if (await sendPlanIfPreparing(options)) return;
  const cores = availableParallelism();
  const { seeds, timeLimit, jobs = cores } = options;
  if (options.data.length > 0 && options.datasets !== undefined)
    printNote(`--datasets ${options.datasets} is not used: the images of --data are datasets of their own\n`);
  const plan = await planGrid([entry, ...argv]);

  const { methods, columns, recipe } = plan;
  const cells: GridCell[] = Array.from({ length: seeds }, (_, seed) =>
    columns.flatMap((dataset) => methods.map(({ name }) => ({ method: name, dataset, seed }))),
  ).flat();
  const threads = Math.max(1, Math.floor(cores / jobs));
  const folder = protocolFolder(options.out, recipe);
  const factors = [
    quantity(methods.length, "method"),
    quantity(columns.length, "dataset"),
    quantity(seeds, "seed"),
  ].join(" × ");
  const title =
    `${quantity(cells.length, "cell")}: ${factors}, ` + `${jobs} at a time with ${quantity(threads, "thread")} each`;
  const log = openGridLog(folder, title);
  printNote(`${title}\n`);

  const { watch, note, close, failures } = watchGrid(cells, jobs, log.write);
  const run = startGrid({
    cells,
    command: (cell) => [entry, ...cellArguments(cell, plan, options, threads)],
    launcher: "local",
    jobs,
    ...(timeLimit === undefined ? {} : { limitMinutes: timeLimit }),
    watch,
  });
  listenForSignals(run.stop, run.kill, note);
  const { failed, stopped } = await run.result.finally(close);
  if (stopped)
    throw new BenchError(
      "interrupted",
      `stopped before all ${cells.length} cells were finished; run the same command again to continue`,
    );
  if (failed.length > 0)
    printNote(
      `bench: ${failed.length} of ${cells.length} cells failed: ${failures.join("; ")}. ` +
        `Their output is in ${log.path}\n`,
    );
  const code = failed.length < cells.length ? await writeGridTables(folder, options.json) : exitCodes.ok;
  process.exitCode = failed.length > 0 ? exitCodes.someCellsFailed : code;
}

/**
 * Writes the tables after all cells have ended, and returns the exit code. An error is reported here and not thrown, so
 * that it does not replace the exit code for failed cells.
 */
async function writeGridTables(folder: string, json: boolean): Promise<number> {
  try {
    const damaged = await writeTables(folder, folder, json);
    return damaged ? exitCodes.someCellsFailed : exitCodes.ok;
  } catch (error) {
    return reportError(error, false);
  }
}
