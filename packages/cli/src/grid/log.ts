// grid.log: everything that the cells print, each line with its cell. Checked before anything starts.

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

/** Makes the folder and opens the log. Throws BenchError (io) where either cannot be made or written to. */
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
  let failed = false;
  return {
    path,
    write(cell, lines) {
      try {
        for (const line of lines.trimEnd().split("\n")) writeSync(file, `${cell} | ${printable(line)}\n`);
      } catch (error) {
        if (!failed)
          printNote(`${path} cannot be written any more (${(error as Error).message}); the grid goes on without it\n`);
        failed = true;
      }
    },
  };
}
