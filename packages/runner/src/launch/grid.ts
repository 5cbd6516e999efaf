// Runs the cells of a grid, several at a time, each in its own process. A crash of one cell does not affect the others,
// and each cell resumes from its own checkpoint.

import { signalExitCodes } from "../errors.ts";
import { submitCell } from "./cell-process.ts";
import type { GridCell } from "./grid-cell.ts";
import { type CellEvidence, type CellOutcome, judge } from "./judge.ts";
import { localProcesses } from "./local-processes.ts";
import type { CellMessage } from "./messages.ts";
import { errorIn } from "./printed-error.ts";
import type { ProcessStarter, SubmittedCell } from "./process-starter.ts";

export interface GridTask {
  readonly cells: readonly GridCell[];
  /** The arguments with which Node runs one cell. */
  command(cell: GridCell): string[];
  /** Number of cells that run at the same time. */
  readonly jobs: number;
  /** A cell that takes longer is ended and counts as failed. */
  readonly limitMinutes?: number;
  readonly watch: GridWatch;
}

/** Called while the grid runs. */
export interface GridWatch {
  started(cell: GridCell): void;
  message(cell: GridCell, message: CellMessage): void;
  /** A cell printed these whole lines. */
  output(cell: GridCell, lines: string): void;
  ended(cell: GridCell, outcome: CellOutcome): void;
}

export interface GridRun {
  /** Resolves when the last cell has ended. */
  readonly result: Promise<{ readonly failed: readonly GridCell[]; readonly stopped: boolean }>;
  /** Starts no more cells, and asks running cells to stop where they can resume. */
  stop(code: number): void;
  /** Kills the processes of all cells. */
  kill(): void;
}

/** Time for a cell to stop by itself after its time limit. */
const graceMs = 10_000;

/** Starts the cells in their order. */
export function startGrid(task: GridTask, starter: ProcessStarter = localProcesses): GridRun {
  const running = new Set<SubmittedCell>();
  const failed: GridCell[] = [];
  let stopping: number | undefined;
  let stopped = false;
  let next = 0;

  const runOne = async (cell: GridCell) => {
    const evidence: { -readonly [K in keyof CellEvidence]?: CellEvidence[K] } = {};
    let lastError: string | undefined;
    const lines = {
      stdout: wholeLines((text) => task.watch.output(cell, text)),
      stderr: wholeLines((text) => {
        lastError = errorIn(text) ?? lastError;
        evidence.lastLine = lastError ?? text.trimEnd().split("\n").at(-1)!;
        task.watch.output(cell, text);
      }),
    };
    task.watch.started(cell);
    const submitted = submitCell(
      { arguments: task.command(cell) },
      {
        output: (text, stream) => lines[stream].push(text),
        message: (message) => {
          if (message.kind === "finished" || message.kind === "failed") evidence.result = message;
          else task.watch.message(cell, message);
        },
      },
      starter,
    );
    running.add(submitted);
    const timers = startTimers(task.limitMinutes, submitted, () => {
      evidence.passedLimit = task.limitMinutes;
    });
    const end = await submitted.ended;
    for (const timer of timers) clearTimeout(timer);
    running.delete(submitted);
    lines.stdout.flush();
    lines.stderr.flush();
    const { result, lastLine = "", passedLimit } = evidence;
    const outcome = await judge(cell, { end, result, lastLine, passedLimit, stopping: stopping !== undefined });
    if (outcome.kind === "stopped") stopped = true;
    if (outcome.kind === "failed") failed.push(cell);
    task.watch.ended(cell, outcome);
  };

  const slot = async () => {
    while (next < task.cells.length) {
      if (stopping !== undefined) {
        stopped = true;
        return;
      }
      await runOne(task.cells[next++]!);
    }
  };

  return {
    result: Promise.all(Array.from({ length: task.jobs }, slot)).then(() => ({ failed, stopped })),
    stop(code) {
      stopping ??= code;
      for (const submitted of running) submitted.stop(code);
    },
    kill() {
      for (const submitted of running) submitted.kill();
    },
  };
}

/** The longest delay of Node's timers, about 24 days; with a longer one they fire immediately. */
const longestTimerMs = 2 ** 31 - 1;

/** Starts the timers of a cell's time limit: one that stops the cell, one that kills it after the grace period. */
function startTimers(minutes: number | undefined, submitted: SubmittedCell, onLimit: () => void): NodeJS.Timeout[] {
  if (minutes === undefined) return [];
  const ms = 60_000 * minutes;
  if (ms + graceMs > longestTimerMs) return [];
  return [
    setTimeout(() => {
      onLimit();
      submitted.stop(signalExitCodes.SIGTERM);
    }, ms),
    setTimeout(() => submitted.kill(), ms + graceMs),
  ];
}

/** In characters. A longer line is passed on in pieces. */
const longestLine = 65_536;

/** Collects pieces of text and passes on whole lines, so that lines of several cells do not mix. */
function wholeLines(passOn: (lines: string) => void): { push(text: string): void; flush(): void } {
  let rest = "";
  return {
    push(text) {
      rest += text;
      const end = rest.length > longestLine ? rest.length : rest.lastIndexOf("\n") + 1;
      if (end === 0) return;
      const lines = rest.slice(0, end);
      rest = rest.slice(end);
      passOn(lines.endsWith("\n") ? lines : `${lines}\n`);
    },
    flush() {
      if (rest !== "") passOn(`${rest}\n`);
      rest = "";
    },
  };
}
