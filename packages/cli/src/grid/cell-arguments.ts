// The command line of a cell: `bench run` with the flags of the grid or the sweep, and the cell's own. It follows from
// the declarations: a new flag in declarations/training.ts is passed on. Any other new flag of `bench run` does not
// compile until it is given a value here, or a reason in `notForCells`.

import type { GridCell } from "@dit-bench/runner";
import { type RunOptions, run } from "../declarations/run.ts";
import { training } from "../declarations/training.ts";
import { argumentsOf } from "../parser/command-line.ts";
import type { GridPlan } from "./plan.ts";

/** Flags of `bench run` that a cell does not get, with the reasons. */
export const notForCells = {
  dryRun: "a grid runs its cells",
  json: "the grid prints one JSON object itself, about its tables",
} as const satisfies Partial<Record<keyof RunOptions, string>>;

/** Options with a value for the single cell. All other flags are the grid's or the sweep's, and have its value. */
type CellOptions = Omit<RunOptions, Exclude<keyof typeof training, "set" | "plugin"> | keyof typeof notForCells>;

/** Flags of a grid or a sweep that its cells have, too. */
type SharedOptions = Partial<Pick<RunOptions, keyof typeof training>>;

/**
 * Returns the arguments of `bench` for a cell, from `run` on.
 *
 * @param threads CPU threads of the cell's engine; undefined if the job that runs the cell adds them
 */
export function cellArguments(
  { method, dataset, seed, variant, setting }: GridCell,
  plan: Pick<GridPlan, "methods" | "recipeFlags">,
  options: SharedOptions,
  threads?: number,
): string[] {
  const { flags, plugin } = plan.methods.find(({ name }) => name === method)!;
  const cellOptions: CellOptions = {
    method,
    dataset: dataset.folder === undefined ? dataset.name : undefined,
    data: dataset.folder,
    name: dataset.folder === undefined ? undefined : dataset.name,
    seed,
    variant,
    threads,
    // A plug-in of another method could end this cell: importing it runs its code.
    plugin: plugin === undefined ? [] : [plugin],
    set: [...plan.recipeFlags, ...flags, ...(setting === undefined ? [] : [setting])],
  };
  return ["run", ...argumentsOf(run.flags, { ...sharedOptions(options), ...cellOptions })];
}

/** The grid's values of the flags that its cells have, too. */
function sharedOptions(options: SharedOptions): SharedOptions {
  const keys = Object.keys(training).filter((key) => !Object.hasOwn(notForCells, key)) as (keyof SharedOptions)[];
  return Object.fromEntries(keys.map((key) => [key, options[key]]));
}
