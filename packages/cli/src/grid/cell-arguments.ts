// The command line of a cell: `bench run` with the grid's own flags and the cell's. It follows from the declarations of
// both commands: a new flag of `bench run` that `bench grid` shares is passed on. Any other new flag does not compile
// until it is given a value here, or a reason in `notForCells`.

import type { GridCell } from "@dit-bench/runner";
import { type GridOptions, grid } from "../declarations/grid.ts";
import { type RunOptions, run } from "../declarations/run.ts";
import type { training } from "../declarations/training.ts";
import { argumentsOf } from "../parser/command-line.ts";
import type { GridPlan } from "./plan.ts";

/** Flags of `bench run` that a cell does not get, with the reasons. */
export const notForCells = {
  dryRun: "a grid runs its cells",
  json: "the grid prints one JSON object itself, about its tables",
} as const satisfies Partial<Record<keyof RunOptions, string>>;

/** Options with a value for the single cell. All other flags are shared by both commands and have the grid's value. */
type CellOptions = Omit<RunOptions, Exclude<keyof typeof training, "set"> | keyof typeof notForCells>;

/** Returns the arguments of `bench` for a cell, from `run` on. @param threads CPU threads of the cell's engine */
export function cellArguments(
  { method, dataset, seed }: GridCell,
  plan: Pick<GridPlan, "methods" | "recipeFlags">,
  options: GridOptions,
  threads: number,
): string[] {
  const settings = plan.methods.find(({ name }) => name === method)!.flags;
  const cellOptions: CellOptions = {
    method,
    dataset: dataset.folder === undefined ? dataset.name : undefined,
    data: dataset.folder,
    name: dataset.folder === undefined ? undefined : dataset.name,
    seed,
    threads,
    set: [...plan.recipeFlags, ...settings],
  };
  return ["run", ...argumentsOf(run.flags, { ...sharedOptions(options), ...cellOptions })];
}

/** The grid's values of the flags that are declared once for both commands. */
function sharedOptions(options: GridOptions): Partial<RunOptions> {
  const gridFlags: Readonly<Record<string, unknown>> = grid.flags;
  const keys = Object.entries(run.flags)
    .filter(([key, flag]) => gridFlags[key] === flag && !Object.hasOwn(notForCells, key))
    .map(([key]) => key);
  return Object.fromEntries(keys.map((key) => [key, options[key as keyof GridOptions]]));
}
