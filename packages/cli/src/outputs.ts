// Checks outputs before the long work: they can be written, and no output is one of the inputs.

import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/** Makes an output folder. Throws BenchError (io). @param flag the flag that names another one */
export function makeOutputFolder(folder: string, flag = "--output"): void {
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw unusable(folder, flag, error);
  }
}

/**
 * Throws BenchError (io) if an output folder cannot be made or written to. Makes nothing, so that a command can check
 * its output before its inputs.
 */
export function checkOutputFolder(folder: string, flag = "--output"): void {
  let existing = resolve(folder);
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`ENOTDIR: '${existing}' is a file`);
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(folder, flag, error);
  }
}

/** The same for the folder of an output file. Throws BenchError (usage) if the name is that of a folder. */
export function checkOutputFile(path: string, flag = "--output"): void {
  checkOutputFolder(dirname(path), flag);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new BenchError("usage", `${flag} ${printable(path)}: it is a folder; wanted the name of a file`);
}

const unusable = (folder: string, flag: string, error: unknown): BenchError =>
  new BenchError(
    "io",
    `the folder ${printable(folder)} cannot be made or written to (${(error as Error).message}); ` +
      `choose another with ${flag}`,
    { cause: error },
  );

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
