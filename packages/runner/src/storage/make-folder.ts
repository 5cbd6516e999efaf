// Output folders: they are checked before the long work, and made when it begins.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { printable } from "@dit-bench/text";
import { BenchError } from "../errors.ts";

/** Makes a folder of results and those above it. Throws BenchError (io). @param flag the flag that names another one */
export function makeFolder(folder: string, flag = "--out"): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw folderError(folder, error, flag);
  }
}

/**
 * Throws BenchError (io) if an output folder cannot be made or written to. Makes nothing, so that a command can check
 * its output before its inputs.
 *
 * @param flag the flag that names another folder
 * @param write also refuse an existing folder that is not writable; a finished run can be read from such a folder
 */
export function checkOutputFolder(folder: string, flag = "--output", { write = true } = {}): void {
  const wanted = resolve(folder);
  let existing = wanted;
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`ENOTDIR: '${existing}' is a file`);
    if (write || existing !== wanted) accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderError(folder, error, flag);
  }
}

/** The error for an output folder that cannot be used. @param flag the flag that names another one */
export const folderError = (folder: string, error: unknown, flag: string): BenchError =>
  new BenchError(
    "io",
    `the folder ${printable(folder)} cannot be made or written to (${(error as Error).message}); ` +
      `choose another with ${flag}`,
    { cause: error },
  );
