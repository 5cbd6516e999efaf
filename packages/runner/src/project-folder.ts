// Finds the project's own files: recipes, datasets.json, weights.json.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "./errors.ts";

/** A file that only the project's own `benchmarks` has: a user's folder may have the same name. */
const mark = join("benchmarks", "recipe.schema.json");

/**
 * The folder of the project's own files: the top of a clone, or the installed package `dit-bench`. It is the nearest
 * one above this file. Throws BenchError (failure).
 */
export function projectFolder(from: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = [folder, join(folder, "node_modules", "dit-bench")].find((place) => existsSync(join(place, mark)));
    if (found !== undefined) return found;
    if (dirname(folder) === folder)
      throw new BenchError("failure", "the project's own files were not found: install the package 'dit-bench'");
  }
}
