// The display of a grid on stderr. Each cell that has ended has a line that stays. On a terminal, each running cell has
// a line below these, which is redrawn in place; elsewhere a line is printed every 30 seconds.

import { printable } from "@dit-bench/text";
import stringWidth from "string-width";
import { formatDuration, type Terminal } from "../progress.ts";
import type { GridEstimate } from "./estimate.ts";

export interface GridDisplay {
  started(cell: string): void;
  stage(cell: string, name: string): void;
  progress(cell: string, done: number, total: number): void;
  /** Prints a line that stays, and removes the cell's own line. */
  ended(cell: string, line: string): void;
  /** Prints a line that stays and belongs to no cell. */
  note(line: string): void;
  close(): void;
}

export interface GridState {
  /** The number of cells that have ended, and the number of all cells. */
  counts(): { readonly ended: number; readonly total: number };
  /** Seconds until the end of the grid, if that can be estimated. */
  secondsLeft(): number | undefined;
}

interface Row {
  stage: string;
  done: number;
  total: number;
}

const redrawMs = 200;
/** Time between two lines if stderr is no terminal. */
const lineMs = 30_000;
const widestLabel = 40;
const widestBar = 24;

export function createGridDisplay(terminal: Terminal, estimate: GridEstimate, state: GridState): GridDisplay {
  const rows = new Map<string, Row>();
  let shownLines = 0;
  let shownAt = Number.NEGATIVE_INFINITY;

  const erase = () => {
    if (shownLines > 0) terminal.write(`\x1b[${shownLines}F\x1b[J`);
    shownLines = 0;
  };
  const draw = () => {
    if (!terminal.isTTY || rows.size === 0) return;
    shownAt = terminal.now();
    const width = terminal.columns - 1; // a full line would wrap on some terminals
    const mostRows = Math.max(1, terminal.rows - 3);
    const labelWidth = Math.min(widestLabel, Math.max(...[...rows.keys()].map((name) => stringWidth(name))));
    const lines = [...rows]
      .slice(0, mostRows)
      .map(([name, row]) => formatRow(name, row, labelWidth, width, describeRemaining(name)));
    if (rows.size > mostRows) lines.push(cut(`… and ${rows.size - mostRows} more`, width));
    lines.push(cut(formatSummary(state), width));
    terminal.write(`${shownLines > 0 ? `\x1b[${shownLines}F\x1b[J` : ""}${lines.join("\n")}\n`);
    shownLines = lines.length;
  };
  const describeRemaining = (name: string): string => {
    const cellSeconds = estimate.cellSeconds(name);
    if (cellSeconds !== undefined) return `${formatDuration(cellSeconds)} left`;
    const stageSeconds = estimate.stageSeconds(name);
    return stageSeconds === undefined ? "" : `${formatDuration(stageSeconds)} left of this stage`;
  };
  const drawUnlessRecent = () => {
    if (terminal.now() - shownAt >= redrawMs) draw();
  };
  const printLine = () => {
    if (rows.size === 0) return;
    const running = [...rows].map(([name, row]) =>
      [printable(name), printable(row.stage), row.total > 0 ? `${row.done}/${row.total}` : ""]
        .filter(Boolean)
        .join(" "),
    );
    terminal.write(`${formatSummary(state)}; running: ${running.join("; ")}\n`);
  };
  const timer = terminal.isTTY ? setInterval(draw, 1000) : setInterval(printLine, lineMs);
  timer.unref();

  return {
    started(cell) {
      rows.set(cell, { stage: "start", done: 0, total: 0 });
      drawUnlessRecent();
    },
    stage(cell, name) {
      const row = rows.get(cell);
      if (row) Object.assign(row, { stage: name, done: 0, total: 0 });
      drawUnlessRecent();
    },
    progress(cell, done, total) {
      const row = rows.get(cell);
      if (row) Object.assign(row, { done, total });
      drawUnlessRecent();
    },
    ended(cell, line) {
      rows.delete(cell);
      erase();
      terminal.write(`${line}\n`);
      draw();
    },
    note(line) {
      erase();
      terminal.write(`${line}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}

function formatSummary({ counts, secondsLeft }: GridState): string {
  const { ended, total } = counts();
  const left = secondsLeft();
  return `${ended} of ${total} done${left === undefined ? "" : `, about ${formatDuration(left)} left`}`;
}

/**
 * Returns a row such as `flowers lora seed 0  train      [=====     ] 120/300  12 s left`, cut at `width`.
 *
 * @param labelWidth width of the cell's name, in columns
 */
function formatRow(
  name: string,
  { stage, done, total }: Row,
  labelWidth: number,
  width: number,
  remaining: string,
): string {
  const head = `${pad(name, labelWidth)}  ${pad(stage, 11)}`;
  const count = total > 0 ? `${done}/${total}` : "";
  const room = Math.min(widestBar, width - stringWidth(head) - count.length - remaining.length - 8);
  const share = total > 0 ? Math.min(1, done / total) : 0; // a plug-in may report more than the total
  const filled = Math.round(room * share);
  const bar = total > 0 && room >= 6 ? `[${"=".repeat(filled)}${" ".repeat(room - filled)}]` : "";
  return cut([head, bar, count, remaining].filter(Boolean).join("  "), width);
}

const pad = (text: string, width: number): string => {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - stringWidth(shown)));
};

/** Escapes the text and cuts it to `width` columns; a wide character takes two. */
function cut(rawText: string, width: number): string {
  const text = printable(rawText);
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
