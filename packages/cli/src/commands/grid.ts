// `bench grid`: prepares many cells and gives them to a launcher, which runs them and writes their tables.

import { type GridCell, protocolFolder } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import type { GridOptions } from "../declarations/grid.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { chooseLauncher } from "../grid/launchers/choose.ts";
import { planGrid, prepareGrid, sendPlanIfPreparing } from "../grid/plan.ts";
import { entry, noteUnusedDatasets } from "../grid/run-cells.ts";
import { printNote } from "../print.ts";
import { requireFolders } from "../records-folder.ts";
import { keepRates, keptRates } from "../sweep/rates.ts";

/** Runs a grid. @param argv the command line of this process; the process that prepares the grid gets it, too */
export async function grid(options: GridOptions, argv: readonly string[]): Promise<void> {
  const launcher = await chooseLauncher(options);
  if (await sendPlanIfPreparing((plugins) => prepareGrid(options, plugins, launcher.isHere))) return;
  const { seeds } = options;
  await requireFolders(options.with);
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
  const writesNothing = options.dryRun || options.status;
  const rates = plan.rates && (writesNothing ? keptRates(plan.rates, folder) : await keepRates(plan.rates, folder));
  process.exitCode = await launcher.launch({
    cells,
    factors,
    folder,
    options,
    expectedTime: plan.expectedTime,
    argumentsOf: (cell, threads) => cellArguments(cell, plan, { ...options, rates }, threads),
  });
}
