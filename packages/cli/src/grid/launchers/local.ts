// The launcher `local`: the cells are processes on this machine, several at a time.

import { exitCodes } from "@dit-bench/runner/errors";
import { printNote } from "../../print.ts";
import { noteOtherEngines, runCells } from "../run-cells.ts";
import { writeGridTables } from "../write-tables.ts";
import type { Launcher } from "./launcher.ts";

export const local: Launcher = {
  name: "local",
  flags: [],
  isHere: true,

  async launch({ options, ...grid }) {
    const { cells, folder } = grid;
    const { jobs, timeLimit } = options;
    const { outcomes, failures, logPath } = await runCells({ ...grid, jobs, timeLimit });
    noteOtherEngines(options.engine, outcomes.values());
    if (failures.length > 0)
      printNote(
        `bench: ${failures.length} of ${cells.length} cells failed: ${failures.join("; ")}. ` +
          `Their output is in ${logPath}\n`,
      );
    const code = failures.length < cells.length ? await writeGridTables(folder, options) : exitCodes.ok;
    return failures.length > 0 ? exitCodes.someCellsFailed : code;
  },
};
