// Prints the states of a grid's cells: a table for people, or JSON.

import { exitCodes } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";
import { print, printJson } from "../../print.ts";
import { alignColumns } from "../../text-layout.ts";
import { type CellStatus, describeCounts, stateNames } from "./states.ts";

/** Returns the exit code: 3 if a cell has neither a record nor a job that may still make one, after an attempt. */
export function printStates(states: readonly CellStatus[], json: boolean): number {
  const rows = states.map(({ cell, state, detail }) => [printable(cell.name), state, printable(detail)]);
  print(`${alignColumns([["cell", "state", ""], ...rows]).join("\n")}\n\n${describeCounts(states)}\n`);
  if (json) {
    const counts = stateNames.map((name) => [name, states.filter(({ state }) => state === name).length]);
    printJson({
      counts: Object.fromEntries(counts),
      cells: states.map(({ cell, state, detail, job, record }) => ({
        name: cell.name,
        ...cell.cell,
        dataset: cell.cell.dataset.name,
        state,
        detail,
        job: job ?? null,
        fid: record?.metrics?.fid ?? null,
      })),
    });
  }
  const bad = states.some(
    ({ state, job }) => job === undefined && (state === "failed" || state === "lost" || state === "interrupted"),
  );
  return bad ? exitCodes.someCellsFailed : exitCodes.ok;
}
