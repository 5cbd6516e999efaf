// The display of a grid on stderr. On a terminal, a table of all cells is reshownWidths in place, and only failures
// leave a line above it; at the end the whole table stays. Elsewhere each cell that has ended has a line, and a line is
// printed every 30 seconds. No mode of the terminal is changed, so nothing has to be restored, even after a kill.

import { printable } from "@dit-bench/text";
import stringWidth from "string-width";
import { formatDuration, type Terminal } from "../progress.ts";
import { type CellRow, type CellState, cut, describeStates, describeTimeLeft, formatCellTable } from "./cell-table.ts";
import type { GridEstimate } from "./estimate.ts";

export interface GridDisplay {
  started(cell: string): void;
  stage(cell: string, name: string): void;
  progress(cell: string, done: number, total: number, loss?: string): void;
  ended(cell: string, end: CellEnd): void;
  /** Prints a line that stays and belongs to no cell. */
  note(line: string): void;
  close(): void;
}

export interface CellEnd {
  readonly state: Exclude<CellState, "waiting" | "running">;
  readonly fid?: number;
  /** Describes the end. */
  readonly line: string;
}

export interface GridState {
  /** Names of all cells, in the order in which they start. */
  readonly cells: readonly string[];
  /** Seconds until the end of the grid, if that can be estimated. */
  secondsLeft(): number | undefined;
}

const redrawMs = 200;
/** Time between two lines if stderr is no terminal. */
const lineMs = 30_000;

/** @param onResize calls back whenever the size of the terminal has changed; returns a function that ends that */
export function createGridDisplay(
  terminal: Terminal,
  estimate: GridEstimate,
  { cells, secondsLeft }: GridState,
  onResize: (redraw: () => void) => () => void = watchResize,
): GridDisplay {
  const rows = new Map<string, CellRow>(
    cells.map((name) => [name, { name, state: "waiting", stage: "", done: 0, total: 0 }]),
  );
  /** Widths of the lines on the screen. */
  let shownWidths: number[] = [];
  let shownAt = Number.NEGATIVE_INFINITY;
  let isOpen = terminal.isTTY;

  /**
   * The codes that erase these lines, and leave the cursor at the first. On a screen that has become narrower, a line
   * may have wrapped into several. Lines are erased one by one: if the first is the top of the screen, tmux would keep
   * a copy of all that is erased at once in its scrollback.
   */
  const eraser = (): string => {
    const lines = shownWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / terminal.columns)), 0);
    shownWidths = [];
    const up = `\x1b[${lines}F`;
    return lines > 0 ? up + "\x1b[2K\x1b[E".repeat(lines) + up : "";
  };
  const tableLines = (height: number): string[] => {
    const timeLeft = (name: string) => describeTimeLeft(estimate.cellSeconds(name), estimate.stageSeconds(name));
    const width = terminal.columns - 1; // a full line would wrap on some terminals
    return formatCellTable([...rows.values()], { width, height, timeLeft });
  };
  const summary = (): string => {
    const left = secondsLeft();
    return `${describeStates([...rows.values()])}${left === undefined ? "" : `, about ${formatDuration(left)} left`}`;
  };
  /** Draws the table, below lines that stay. */
  const draw = (stayingText = "") => {
    shownAt = terminal.now();
    const height = Math.max(2, terminal.rows - 2); // besides the summary and the line of the cursor
    const erasing = eraser();
    const lines = [...tableLines(height), cut(summary(), terminal.columns - 1)];
    terminal.write(`${erasing}${stayingText}${lines.join("\n")}\n`);
    shownWidths = lines.map((line) => stringWidth(line));
  };
  const drawUnlessRecent = () => {
    if (terminal.isTTY && terminal.now() - shownAt >= redrawMs) draw();
  };
  const printLine = () => {
    const running = [...rows.values()].filter(({ state }) => state === "running");
    if (running.length === 0) return;
    const texts = running.map(({ name, stage, done, total }) =>
      [printable(name), printable(stage), total > 0 ? `${done}/${total}` : ""].filter(Boolean).join(" "),
    );
    terminal.write(`${summary()}; running: ${texts.join("; ")}\n`);
  };
  const timer = terminal.isTTY ? setInterval(draw, 1000) : setInterval(printLine, lineMs);
  timer.unref();
  const ignoreResize = terminal.isTTY ? onResize(draw) : () => {};
  const update = (cell: string, change: Partial<CellRow>) => {
    const row = rows.get(cell);
    if (row) Object.assign(row, change);
  };
  if (terminal.isTTY) draw();

  return {
    started(cell) {
      update(cell, { state: "running", stage: "start" });
      drawUnlessRecent();
    },
    stage(cell, name) {
      update(cell, { stage: name, done: 0, total: 0 });
      drawUnlessRecent();
    },
    progress(cell, done, total, loss) {
      update(cell, { done, total, ...(loss === undefined ? {} : { loss }) });
      drawUnlessRecent();
    },
    ended(cell, { state, fid, line }) {
      update(cell, { state, ...(fid === undefined ? {} : { fid }) });
      if (!terminal.isTTY) terminal.write(`${line}\n`);
      else draw(state === "failed" ? `${line}\n` : "");
    },
    note(line) {
      if (isOpen) draw(`${line}\n`);
      else terminal.write(`${line}\n`);
    },
    close() {
      clearInterval(timer);
      ignoreResize();
      if (isOpen) terminal.write(`${eraser()}${tableLines(Number.POSITIVE_INFINITY).join("\n")}\n\n`);
      isOpen = false;
    },
  };
}

function watchResize(redraw: () => void): () => void {
  process.stderr.on("resize", redraw);
  return () => void process.stderr.off("resize", redraw);
}
