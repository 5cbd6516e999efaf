// Finds the project's own files: recipes, datasets.json, weights.json.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "./errors.ts";

/** The project's top folder: the nearest one above this file with `benchmarks/` in it. Throws BenchError (failure). */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "benchmarks"))) {
    const up = dirname(folder);
    if (up === folder)
      throw new BenchError("failure", "the folder 'benchmarks' was not found above the program's own files");
    folder = up;
  }
  return folder;
}
