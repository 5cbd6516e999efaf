// The command line of a cell: `bench run` with the grid's own flags and the cell's. It follows from the declarations of
// both commands, so that a new flag of `bench run` reaches the cells, or does not compile until it is decided how.

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

/** Flags that are the same in both commands have the grid's value; each of the others has one for the cell. */
type OwnOptions = Omit<RunOptions, Exclude<keyof typeof training, "set"> | keyof typeof notForCells>;

/** @param threads of the cell's engine */
export function cellArguments(
  { method, dataset, seed }: GridCell,
  plan: Pick<GridPlan, "methods" | "recipeFlags">,
  options: GridOptions,
  threads: number,
): string[] {
  const settings = plan.methods.find(({ name }) => name === method)!.flags;
  const own: OwnOptions = {
    method,
    dataset: dataset.folder === undefined ? dataset.name : undefined,
    data: dataset.folder,
    name: dataset.folder === undefined ? undefined : dataset.name,
    seed,
    threads,
    set: [...plan.recipeFlags, ...settings],
  };
  return ["run", ...argumentsOf(run.flags, { ...shared(options), ...own })];
}

/** The grid's values of the flags that are declared once for both commands. */
function shared(options: GridOptions): Partial<RunOptions> {
  const ofGrid: Readonly<Record<string, unknown>> = grid.flags;
  const keys = Object.entries(run.flags)
    .filter(([key, flag]) => ofGrid[key] === flag && !Object.hasOwn(notForCells, key))
    .map(([key]) => key);
  return Object.fromEntries(keys.map((key) => [key, options[key as keyof GridOptions]]));
}
