// Checks outputs before the long work: their folder can be written to, and no output is one of the inputs.

import { accessSync, constants, realpathSync } from "node:fs";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/** Makes an output folder, so that an error with it comes before the long work. Throws BenchError (io). */
export function makeOutputFolder(folder: string): void {
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new BenchError(
      "io",
      `the folder ${folder} cannot be made or written to (${(error as Error).message}); choose another with --output`,
      { cause: error },
    );
  }
}

/**
 * Throws BenchError (usage) for an output file that is one of these inputs, also by another path: writing it would
 * destroy the user's file.
 *
 * @param inputs paths by the name that the user knows: `--weights`, or `images`
 */
export function protectInputs(output: string, inputs: Readonly<Record<string, string>>): void {
  const written = realPath(output);
  if (written === undefined) return;
  for (const [what, path] of Object.entries(inputs))
    if (realPath(path) === written)
      throw new BenchError(
        "usage",
        `--output ${printable(output)}: it is the file of ${what}, which would be lost; choose another name`,
      );
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // missing or not accessible: the error is reported when the file is read or written
  }
}
