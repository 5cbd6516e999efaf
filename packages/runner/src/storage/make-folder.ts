// Folders of results.

import { makeFolders } from "@dit-bench/files";
import { BenchError } from "../errors.ts";

/** Makes a folder of results and those above it. Throws BenchError (io). */
export function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** The error for a folder of results that cannot be made. */
export const folderError = (folder: string, error: unknown): BenchError =>
  new BenchError(
    "io",
    `the output folder ${folder} cannot be made (${(error as Error).message}); choose another with --out`,
    { cause: error },
  );
