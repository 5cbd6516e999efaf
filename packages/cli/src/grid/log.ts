// Writes the file grid.log: every line that a cell prints, with the name of the cell before it.

import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

export interface GridLog {
  readonly path: string;
  /** Returns a note for the user at the first write that fails. The display of the grid decides where it is shown. */
  write(cell: string, lines: string): string | undefined;
}

/** Makes the folder and opens the log in it. Throws BenchError (io) if the folder or the log cannot be written. */
export function openGridLog(folder: string, title: string): GridLog {
  const path = join(folder, "grid.log");
  let file: number;
  try {
    makeFolders(folder);
    file = openSync(path, "a");
    writeSync(file, `== ${new Date().toISOString()} ${title}\n`);
  } catch (error) {
    throw new BenchError(
      "io",
      `the grid's log ${path} cannot be written (${(error as Error).message}); choose another folder with --out`,
      { cause: error },
    );
  }
  let hasFailed = false;
  return {
    path,
    write(cell, lines) {
      try {
        for (const line of lines.trimEnd().split("\n")) writeSync(file, `${cell} | ${printable(line)}\n`);
      } catch (error) {
        if (hasFailed) return undefined;
        hasFailed = true;
        const reason = (error as Error).message;
        return `${printable(path)} cannot be written any more (${reason}); the grid continues without it`;
      }
      return undefined;
    },
  };
}
