// `bench sweep`: tries several values of an option with each method, in the cells of a grid, and writes which is best.

import { basename, dirname, join } from "node:path";
import { waitForLock } from "@dit-bench/files";
import { type Sweep, writeSweep } from "@dit-bench/record";
import { type CellOutcome, type DatasetChoice, datasetTitle, type GridCell, protocolFolder } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { quantity } from "@dit-bench/text";
import type { SweepOptions } from "../declarations/sweep.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { planGrid, sendPlanIfPreparing } from "../grid/plan.ts";
import { entry, noteOtherEngines, noteUnusedDatasets, runCells } from "../grid/run-cells.ts";
import { makeOutputFolder } from "../outputs.ts";
import { print, printJson, printNote, shownPath } from "../print.ts";
import { faultOf } from "../sweep/advice.ts";
import { type TriedMethod, toSweepRun } from "../sweep/choose.ts";
import { type JoinedSweep, joinSweeps, readEarlierSweep, type SweepConditions } from "../sweep/join.ts";
import { prepareSweep, type SweepPlan, settingOf } from "../sweep/plan.ts";
import { formatSweep } from "../sweep/text.ts";

/** Runs a sweep. @param argv the command line of this process; the process that prepares the sweep gets it, too */
export async function sweep(options: SweepOptions, argv: readonly string[]): Promise<void> {
  if (await sendPlanIfPreparing((plugins) => prepareSweep(options, plugins))) return;
  const { seed, timeLimit, jobs } = options;
  noteUnusedDatasets(options);
  const plan = await planGrid<SweepPlan>([entry, ...argv]);
  const { methods, columns, recipe, path } = plan;

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
    expectedTime: plan.expectedTime,
    folder,
    jobs,
    timeLimit,
    argumentsOf: (cell, threads) => cellArguments(cell, plan, options, threads),
  });

  noteOtherEngines(options.engine, outcomes.values());

  const { sweep, own, notes } = await writeJoined(path, (earlier) => {
    const datasets = columns.map((dataset) => datasetOf(dataset, cells, outcomes, earlier));
    const runsOf = (method: number, value: number) =>
      datasets.map((dataset, d) => toSweepRun(dataset.name, outcomes.get(tried[method]![value]![d]!)));
    return [
      { recipe: recipe.settings.name, protocol: recipe.protocol, seed, datasets },
      methods.map(({ name: method, flags: _flags, plugin: _plugin, values: all, ...about }, m) => ({
        method,
        ...about,
        values: all.map((value, v) => ({ value, runs: runsOf(m, v) })),
      })),
    ];
  });

  const hasProblem = own.methods.some(({ problem }) => problem !== undefined);
  const shown = shownPath(path);
  const faults = methods.flatMap(({ name }, m) => {
    const fault = faultOf(tried[m]!.flat().map((cell) => outcomes.get(cell)));
    return fault === undefined ? [] : [[name, fault] as const];
  });
  print(`${formatSweep(own, new Map(faults))}\n\n  ${shown}\n\n`);
  for (const note of notes) printNote(`${note}\n`);
  if (hasProblem) printNote(`the output of all runs is in ${logPath}\n`);
  else printNote(`'bench grid --rates ${shown}' with the same ${sharedFlags(options)} runs the chosen values\n`);
  if (options.json) printJson({ path, ...sweep });
  process.exitCode = hasProblem ? exitCodes.someCellsFailed : exitCodes.ok;
}

/**
 * Joins a sweep with the content of its file, and writes the file. Meanwhile no other sweep reads or writes it.
 *
 * @param choices returns the conditions and the runs of the sweep, given the content of the file
 */
async function writeJoined(
  path: string,
  choices: (earlier: Sweep | undefined) => [SweepConditions, readonly TriedMethod[]],
): Promise<JoinedSweep> {
  makeOutputFolder(dirname(path));
  const lock = await waitForLock(join(dirname(path), `.${basename(path)}.lock`));
  try {
    const earlier = await readEarlierSweep(path);
    const joined = joinSweeps(path, earlier, ...choices(earlier));
    await writeSweep(path, joined.sweep);
    return joined;
  } finally {
    await lock?.release();
  }
}

/** The flags that a grid needs to run the methods of this sweep. */
const sharedFlags = ({ data }: SweepOptions): string =>
  data.length > 0 ? "--recipe, --data, --set and --plugin" : "--recipe, --set and --plugin";

/**
 * The dataset's name and title as its records have them: those of own images end with a digest. If no run of it has
 * finished, they are those of the earlier sweep.
 */
function datasetOf(
  dataset: DatasetChoice,
  cells: readonly GridCell[],
  outcomes: ReadonlyMap<GridCell, CellOutcome>,
  earlier: Sweep | undefined,
): { name: string; title: string } {
  for (const cell of cells) {
    const outcome = outcomes.get(cell);
    if (cell.dataset !== dataset || outcome?.kind !== "finished") continue;
    const { dataset: name, datasetTitle: title } = outcome.record.cell;
    return { name, title };
  }
  const title = datasetTitle(dataset);
  return earlier?.datasets.find((one) => one.title === title) ?? { name: dataset.name, title };
}
