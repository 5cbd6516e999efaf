// `bench sweep`: tries several values of an option with each method, in the cells of a grid, and writes which is best.

import { join, relative } from "node:path";
import { type Sweep, writeSweep } from "@dit-bench/record";
import { type CellOutcome, type DatasetChoice, datasetTitle, type GridCell, protocolFolder } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity } from "@dit-bench/text";
import type { SweepOptions } from "../declarations/sweep.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { planGrid, sendPlanIfPreparing } from "../grid/plan.ts";
import { entry, noteUnusedDatasets, runCells } from "../grid/run-cells.ts";
import { print, printJson, printNote } from "../print.ts";
import { chooseValues, toSweepRun } from "../sweep/choose.ts";
import { prepareSweep, type SweepPlan, settingOf } from "../sweep/plan.ts";
import { formatSweep } from "../sweep/text.ts";

/** Runs a sweep. @param argv the command line of this process; the process that prepares the sweep gets it, too */
export async function sweep(options: SweepOptions, argv: readonly string[]): Promise<void> {
  if (await sendPlanIfPreparing((plugins) => prepareSweep(options, plugins))) return;
  const { seed, timeLimit, jobs } = options;
  noteUnusedDatasets(options);
  const plan = await planGrid<SweepPlan>([entry, ...argv]);
  const { methods, columns, recipe } = plan;

  const tried = methods.map(({ name, option, values }) =>
    values.map((value) =>
      columns.map((dataset): GridCell => ({ method: name, dataset, seed, setting: settingOf(option, value) })),
    ),
  );
  const cells = columns.flatMap((_, column) => tried.flat().map((cellsOfValue) => cellsOfValue[column]!));
  const folder = protocolFolder(options.out, recipe);
  const values = methods.reduce((sum, method) => sum + method.values.length, 0);
  const { outcomes, logPath } = await runCells({
    cells,
    factors: [
      `${quantity(values, "value")} of ${quantity(methods.length, "method")}`,
      quantity(columns.length, "dataset"),
    ].join(" × "),
    folder,
    jobs,
    timeLimit,
    argumentsOf: (cell, threads) => cellArguments(cell, plan, options, threads),
  });

  const datasets = columns.map((dataset) => datasetOf(dataset, cells, outcomes));
  const result = chooseValues(
    { recipe: recipe.settings.name, protocol: recipe.protocol, seed, datasets },
    methods.map(({ name: method, flags: _flags, plugin: _plugin, values: all, ...about }, m) => ({
      method,
      ...about,
      values: all.map((value, v) => ({
        value,
        runs: datasets.map((dataset, d) => toSweepRun(dataset.name, outcomes.get(tried[m]![v]![d]!))),
      })),
    })),
  );
  const path = options.output ?? join(folder, "sweep.json");
  await writeSweep(path, result);

  const hasProblem = result.methods.some(({ problem }) => problem !== undefined);
  const shown = relative(process.cwd(), path) || path;
  print(`${formatSweep(result)}\n\n  ${printable(shown)}\n\n`);
  if (hasProblem) printNote(`the output of all runs is in ${logPath}; ${adviceFor(result)}\n`);
  else
    printNote(
      `'bench grid --rates ${printable(shown)}' with the same ${sharedFlags(options)} runs the chosen values\n`,
    );
  if (options.json) printJson({ path, ...result });
  process.exitCode = hasProblem ? exitCodes.someCellsFailed : exitCodes.ok;
}

/** What helps the methods without a choice. */
function adviceFor({ methods }: Sweep): string {
  const runs = methods.flatMap(({ values }) => values.flatMap((tried) => tried.runs));
  return runs.some(({ exit }) => exit === "missing")
    ? "run the same command again to run those that are missing"
    : "give lower values to the methods of which every value diverged, with --values";
}

/** The flags that a grid needs to run the methods of this sweep. */
const sharedFlags = ({ data }: SweepOptions): string =>
  data.length > 0 ? "--recipe, --data, --set and --plugin" : "--recipe, --set and --plugin";

/** The dataset's name and title as its records have them: those of own images end with a digest. */
function datasetOf(
  dataset: DatasetChoice,
  cells: readonly GridCell[],
  outcomes: ReadonlyMap<GridCell, CellOutcome>,
): { name: string; title: string } {
  for (const cell of cells) {
    const outcome = outcomes.get(cell);
    if (cell.dataset !== dataset || outcome?.kind !== "finished") continue;
    const { dataset: name, datasetTitle: title } = outcome.record.cell;
    return { name, title };
  }
  return { name: dataset.name, title: datasetTitle(dataset) };
}
