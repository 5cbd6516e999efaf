// `bench grid`: runs many cells, each in its own process, and writes their tables.

import { type GridCell, protocolFolder } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { quantity } from "@dit-bench/text";
import type { GridOptions } from "../declarations/grid.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { planGrid, prepareGrid, sendPlanIfPreparing } from "../grid/plan.ts";
import { entry, noteOtherEngines, noteUnusedDatasets, runCells } from "../grid/run-cells.ts";
import { printNote } from "../print.ts";
import { reportError } from "../report-error.ts";
import { keepRates } from "../sweep/rates.ts";
import { writeTables } from "./table.ts";

/** Runs a grid. @param argv the command line of this process; the process that prepares the grid gets it, too */
export async function grid(options: GridOptions, argv: readonly string[]): Promise<void> {
  if (await sendPlanIfPreparing((plugins) => prepareGrid(options, plugins))) return;
  const { seeds, timeLimit, jobs } = options;
  noteUnusedDatasets(options);
  const plan = await planGrid([entry, ...argv]);
  const { methods, variants, columns, recipe, notes } = plan;
  for (const note of notes) printNote(`${note}\n`);

  const rows: Pick<GridCell, "method" | "variant">[] = [
    ...methods.map(({ name }) => ({ method: name })),
    ...variants.flatMap(({ name, methods }) => methods.map((method) => ({ method, variant: name }))),
  ];
  const cells: GridCell[] = Array.from({ length: seeds }, (_, seed) =>
    columns.flatMap((dataset) => rows.map((row) => ({ ...row, dataset, seed }))),
  ).flat();
  const factors = [
    variants.length === 0
      ? quantity(methods.length, "method")
      : `${quantity(rows.length, "row")} (${quantity(methods.length, "method")}, ` +
        `${rows.length - methods.length} of ${quantity(variants.length, "variant")})`,
    quantity(columns.length, "dataset"),
    quantity(seeds, "seed"),
  ].join(" × ");
  const folder = protocolFolder(options.out, recipe);
  const rates = plan.rates && (await keepRates(plan.rates, folder));
  const { outcomes, failures, logPath } = await runCells({
    cells,
    factors,
    expectedTime: plan.expectedTime,
    folder,
    jobs,
    timeLimit,
    argumentsOf: (cell, threads) => cellArguments(cell, plan, { ...options, rates }, threads),
  });
  noteOtherEngines(options.engine, outcomes.values());
  if (failures.length > 0)
    printNote(
      `bench: ${failures.length} of ${cells.length} cells failed: ${failures.join("; ")}. ` +
        `Their output is in ${logPath}\n`,
    );
  const code = failures.length < cells.length ? await writeGridTables(folder, options.json) : exitCodes.ok;
  process.exitCode = failures.length > 0 ? exitCodes.someCellsFailed : code;
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
