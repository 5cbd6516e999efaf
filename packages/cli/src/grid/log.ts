// Writes the file grid.log: every line that a cell prints, with the name of the cell before it.

import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import { printNote } from "../print.ts";

export interface GridLog {
  readonly path: string;
  write(cell: string, lines: string): void;
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
        if (!hasFailed)
          printNote(
            `${path} cannot be written any more (${(error as Error).message}); the grid continues without it\n`,
          );
        hasFailed = true;
      }
    },
  };
}
