// The cells of a grid as jobs run them, each with a key by which it is known in all submissions.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { recipeNames } from "@dit-bench/runner";
import type { PreparedGrid } from "../launchers/launcher.ts";
import { nameCells } from "../watch.ts";
import type { PlannedCell } from "./plan.ts";

/** Flags of a cell with paths, and which of their values are no paths. */
const pathFlags = new Map<string, (value: string) => boolean>([
  ["--out", () => false],
  ["--data", () => false],
  ["--rates", () => false],
  ["--tensorboard", () => false],
  ["--recipe", (value) => recipeNames().includes(value)],
  ["--plugin", (value) => !/^[./]/.test(value) && !existsSync(value)],
]);

/** The cells of a grid, in its order. */
export function plannedCells({ cells, argumentsOf }: PreparedGrid): PlannedCell[] {
  const nameOf = nameCells(cells);
  return cells.map((cell) => {
    const args = argumentsOf(cell);
    return { key: keyOf(args), name: nameOf(cell), cell, arguments: args };
  });
}

export interface PathArgument {
  readonly flag: string;
  readonly value: string;
  /** Where the value is in the command line. */
  readonly index: number;
}

/** The arguments of a cell that are paths. */
export const pathsIn = (args: readonly string[]): PathArgument[] =>
  args.flatMap((flag, i) => {
    const value = args[i + 1];
    return value === undefined || (pathFlags.get(flag)?.(value) ?? true) ? [] : [{ flag, value, index: i + 1 }];
  });

/** The digest of a command line whose paths are relative to the folder of the runs, from wherever they were given. */
export function keyOf(args: readonly string[]): string {
  const paths = pathsIn(args);
  const out = resolve(paths.find(({ flag }) => flag === "--out")?.value ?? "");
  const written = new Map(paths.map(({ index, value }) => [index, relative(out, resolve(value))]));
  const words = args.map((word, i) => written.get(i) ?? word);
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 16);
}
