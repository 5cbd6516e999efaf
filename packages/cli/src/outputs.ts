// Checks outputs before the long work: they can be written, and no output is one of the inputs.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { BenchError, checkOutputFolder, folderError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

export { checkOutputFolder };

/** Makes the folder that `--output` names. Throws BenchError (io). */
export function makeOutputFolder(folder: string): void {
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw folderError(folder, error, "--output");
  }
}

/** Checks the folder of an output file. Throws BenchError (usage) if the name is that of a folder. */
export function checkOutputFile(path: string, flag = "--output"): void {
  checkOutputFolder(dirname(path), flag);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new BenchError("usage", `${flag} ${printable(path)}: it is a folder; wanted the name of a file`);
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
