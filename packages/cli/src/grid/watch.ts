// Passes the events of a grid on to its estimate, its display and its log.

import type { CellOutcome, GridCell, GridWatch } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable } from "@dit-bench/text";
import { stderrTerminal, type Terminal } from "../progress.ts";
import { applyStyle } from "../style.ts";
import { createGridDisplay } from "./display.ts";
import { createGridEstimate } from "./estimate.ts";
import type { GridLog } from "./log.ts";
import { isWholeTraining } from "./whole-training.ts";

export interface WatchedGrid {
  readonly watch: GridWatch;
  /** Names of the cells that have failed so far. */
  readonly failures: readonly string[];
  /** Prints a line that stays. */
  note(line: string): void;
  /** Ends the display; the table of cells stays. */
  close(): void;
}

/** @param writeLog writes whole lines of a cell; it may return a note for the user */
export function watchGrid(
  cells: readonly GridCell[],
  jobs: number,
  writeLog: GridLog["write"],
  terminal: Terminal = stderrTerminal(),
): WatchedGrid {
  const estimate = createGridEstimate();
  const waiting = [...cells];
  /** Cells that have trained here: one whose checkpoint was complete only samples. */
  const trained = new Set<GridCell>();
  const failures: string[] = [];
  let ended = 0;
  const nameOf = nameCells(cells);
  const waitingMethods = () => waiting.map(({ method }) => method);
  const display = createGridDisplay(terminal, estimate, {
    cells: cells.map(nameOf),
    secondsLeft: () => estimate.gridSeconds(waitingMethods(), jobs),
  });
  const log = (cell: string, lines: string) => {
    const problem = writeLog(cell, lines);
    if (problem !== undefined) display.note(problem);
  };
  const watch: GridWatch = {
    started(cell) {
      waiting.splice(waiting.indexOf(cell), 1);
      estimate.started(nameOf(cell), cell.method);
      display.started(nameOf(cell));
    },
    message(cell, message) {
      if (message.kind === "stage") {
        if (message.name === "train") trained.add(cell);
        estimate.stage(nameOf(cell), message.name);
        display.stage(nameOf(cell), message.name);
      } else if (message.kind === "progress") {
        estimate.progress(nameOf(cell), message.done, message.total);
        display.progress(nameOf(cell), message.done, message.total, lossIn(message.note));
      }
    },
    output: (cell, lines) => log(nameOf(cell), lines),
    ended(cell, outcome) {
      const name = nameOf(cell);
      const description = describeOutcome(outcome);
      log(name, description);
      const isWhole = outcome.kind === "finished" && !outcome.already && isWholeTraining(outcome.record);
      estimate.ended(name, isWhole && trained.has(cell));
      if (outcome.kind !== "stopped") ended++;
      if (outcome.kind === "failed") failures.push(name);
      const count = applyStyle(colours[outcome.kind], `[${ended}/${cells.length}]`);
      display.ended(name, {
        state: outcome.kind,
        line: `${count} ${printable(`${name}: ${description}`)}`,
        ...(outcome.kind === "finished" ? { fid: outcome.record.metrics!.fid } : {}),
      });
    },
  };
  return { watch, failures, note: display.note, close: display.close };
}

/** The loss in the note of a training's progress, such as `loss 0.0412`. */
const lossIn = (note: string | undefined): string | undefined => /^loss (\S+)$/.exec(note ?? "")?.[1];

const colours = { finished: "green", failed: "red", stopped: "yellow" } as const;

function describeOutcome(outcome: CellOutcome): string {
  if (outcome.kind === "stopped") return "stopped";
  if (outcome.kind === "failed" && outcome.exitCode === exitCodes.diverged) return outcome.message;
  if (outcome.kind === "failed") return `failed with exit code ${outcome.exitCode}: ${outcome.message}`;
  const { fid, baseFid } = outcome.record.metrics!;
  const notes = [...(outcome.already ? ["done before"] : []), ...(outcome.note ? [outcome.note] : [])];
  return [`FID ${fid.toFixed(2)} (base ${baseFid.toFixed(2)})`, ...notes].join(", ");
}

/**
 * Returns a function that names a cell: `flowers lora seed 0`, `flowers lora rank=4 seed 1000`, with the name of the
 * recipe's variant `source full from-scratch seed 0`. Folders of equal name are given by their paths.
 */
export function nameCells(cells: readonly GridCell[]): (cell: GridCell) => string {
  const folders = new Map<string, Set<string | undefined>>();
  for (const { dataset } of cells)
    folders.set(dataset.name, (folders.get(dataset.name) ?? new Set()).add(dataset.folder));
  return ({ dataset, method, seed, variant, setting }) => {
    const isUnique = folders.get(dataset.name)!.size === 1;
    const what = [method, variant, setting?.replace(/^training\./, "")].filter((part) => part !== undefined);
    return `${isUnique ? dataset.name : dataset.folder} ${what.join(" ")} seed ${seed}`;
  };
}
