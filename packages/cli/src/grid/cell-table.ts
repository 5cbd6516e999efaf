// The table of a grid's cells as lines of text that fit a screen: running cells always, and of the others as many as
// there is room for.

import { printable, quantity } from "@dit-bench/text";
import stringWidth from "string-width";
import { formatDuration } from "../progress.ts";
import { applyStyle } from "../style.ts";

export type CellState = "waiting" | "running" | "finished" | "failed" | "stopped";

export interface CellRow {
  readonly name: string;
  state: CellState;
  /** Of a running cell: its stage, and how much of it is done. */
  stage: string;
  done: number;
  total: number;
  /** The latest loss of the training. */
  loss?: string | undefined;
  fid?: number;
}

export interface CellTableOptions {
  /** Width of the screen in columns. */
  readonly width: number;
  /** The largest number of lines. If it is infinite, all cells are shown except those that are waiting. */
  readonly height: number;
  /** Text of the time that is left of a running cell; empty if it is unknown. */
  timeLeft(name: string): string;
}

/** Returns a line of headings, then one line for each cell that is shown and up to two about the others. */
export function formatCellTable(rows: readonly CellRow[], options: CellTableOptions): string[] {
  const shown = chooseRows(rows, options.height - 1);
  const cells = shown.rows.map((row) => cellsOf(row, options.timeLeft(row.name)));
  const isFinal = options.height === Number.POSITIVE_INFINITY;
  const layout = fitLayout([headings, ...cells], isFinal ? finalKeys : keys, options.width);
  return [
    formatLine(headings, layout, () => "bold"),
    ...shown.before.map((text) => cut(text, options.width)),
    ...cells.map((line, index) =>
      formatLine(line, layout, (key) => (key === "state" ? colours[shown.rows[index]!.state] : undefined)),
    ),
    ...shown.after.map((text) => cut(text, options.width)),
  ];
}

/** Counts of the cells by state, such as `12 of 48 done (1 failed), 2 running, 34 waiting`. */
export function describeStates(rows: readonly CellRow[]): string {
  const count = (...states: CellState[]) => rows.filter(({ state }) => states.includes(state)).length;
  const failed = count("failed");
  return [
    `${count("finished", "failed")} of ${rows.length} done${failed > 0 ? ` (${failed} failed)` : ""}`,
    ...(["running", "stopped", "waiting"] as const)
      .filter((state) => count(state) > 0)
      .map((state) => `${count(state)} ${state}`),
  ].join(", ");
}

/** On a smaller screen there are no lines about the cells that are not shown. */
const leastRoomForLines = 5;

interface ShownRows {
  readonly rows: readonly CellRow[];
  /** Lines about the cells that are not shown. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * All rows if there is room, in the order of the grid; all that are not waiting if there is no limit. Otherwise all
 * running ones, the last of those that have ended above them, and those that start next below; about as many of both.
 */
function chooseRows(rows: readonly CellRow[], room: number): ShownRows {
  const waiting = rows.filter(({ state }) => state === "waiting");
  if (room === Number.POSITIVE_INFINITY) {
    const after = waiting.length > 0 ? [`… ${waiting.length} waiting`] : [];
    return { rows: rows.filter((row) => !waiting.includes(row)), before: [], after };
  }
  if (rows.length <= room) return { rows, before: [], after: [] };
  const running = rows.filter(({ state }) => state === "running");
  const ended = rows.filter(({ state }) => state !== "running" && state !== "waiting");
  const hasLines = room >= leastRoomForLines;
  const space = hasLines ? room - 2 : Math.max(1, room);
  const shownRunning = running.slice(0, space);
  const rest = space - shownRunning.length;
  const half = Math.min(ended.length, Math.max(Math.floor(rest / 2), rest - waiting.length));
  const shownEnded = ended.slice(ended.length - half);
  const shownWaiting = waiting.slice(0, rest - half);
  const hidden = [
    [running.length - shownRunning.length, "running"],
    [waiting.length - shownWaiting.length, "waiting"],
  ] as const;
  const below = hidden.filter(([count]) => count > 0).map(([count, state]) => `${count} ${state}`);
  const above = ended.length - half;
  return {
    rows: [...shownEnded, ...shownRunning, ...shownWaiting],
    before: hasLines && above > 0 ? [`… ${quantity(above, "cell")} that ended before`] : [],
    after: hasLines && below.length > 0 ? [`… ${below.join(", ")}`] : [],
  };
}

const keys = ["cell", "state", "progress", "loss", "fid", "left"] as const;
type Key = (typeof keys)[number];
/** Columns of the table that stays at the end, when no cell runs. */
const finalKeys: readonly Key[] = ["cell", "state", "loss", "fid"];
type Line = Readonly<Record<Key, string>> & { readonly share?: number };

const headings: Line = { cell: "cell", state: "state", progress: "done", loss: "loss", fid: "FID", left: "time left" };
const right: ReadonlySet<Key> = new Set(["progress", "loss", "fid", "left"]);
const colours = { finished: "green", failed: "red", stopped: "yellow", running: "cyan", waiting: undefined } as const;

/** Of usual values, so that columns do not move when a first value appears. */
const leastWidths: Readonly<Record<Key, number>> = { cell: 0, state: 8, progress: 7, loss: 6, fid: 5, left: 10 };

/** Columns that a narrow screen drops, in this order. */
const dropped: readonly Key[] = ["progress", "fid", "loss", "left"];
const widestName = 40;
/** With less, cells with one method and different seeds cannot be distinguished. */
const narrowestName = 16;
/** The name of a stage that a plug-in chose may be longer. */
const widestState = 12;
const widestBar = 16;
const narrowestBar = 6;

function cellsOf({ name, state, stage, done, total, loss, fid }: CellRow, timeLeft: string): Line {
  const isRunning = state === "running";
  const hasCount = isRunning && total > 0;
  return {
    cell: name,
    state: isRunning ? stage : state,
    progress: hasCount ? `${done}/${total}` : "",
    loss: loss ?? "",
    fid: fid === undefined ? "" : fid.toFixed(2),
    left: isRunning ? timeLeft : "",
    ...(hasCount ? { share: Math.min(1, done / total) } : {}), // a plug-in may report more than the total
  };
}

interface Layout {
  readonly widths: ReadonlyMap<Key, number>;
  /** Width of the progress bar before the count; 0 for none. */
  readonly bar: number;
}

function fitLayout(lines: readonly Line[], used: readonly Key[], width: number): Layout {
  const natural = (key: Key) => Math.max(leastWidths[key], ...lines.map((line) => stringWidth(printable(line[key]))));
  const widths = new Map(used.map((key) => [key, natural(key)]));
  widths.set("cell", Math.min(widestName, widths.get("cell")!));
  widths.set("state", Math.min(widestState, widths.get("state")!));
  const total = () => [...widths.values()].reduce((sum, column) => sum + column, 2 * (widths.size - 1));
  const name = widths.get("cell")!;
  for (const key of dropped) {
    if (total() - name + Math.min(name, narrowestName) <= width) break;
    widths.delete(key);
  }
  widths.set("cell", Math.max(1, Math.min(name, name + width - total())));
  const bar = Math.min(widestBar, width - total() - 3);
  return { widths, bar: widths.has("progress") && bar >= narrowestBar ? bar : 0 };
}

function formatLine(
  line: Line,
  { widths, bar }: Layout,
  style: (key: Key) => Parameters<typeof applyStyle>[0] | undefined,
): string {
  return [...widths]
    .map(([key, width]) => {
      const text = cut(line[key], width);
      const padding = " ".repeat(width - stringWidth(text));
      const chosen = style(key);
      const styled = chosen === undefined || text === "" ? text : applyStyle(chosen, text);
      const filled = Math.round(bar * (line.share ?? 0));
      const barText = line.share === undefined ? " ".repeat(bar + 3) : `[${"=".repeat(filled).padEnd(bar)}] `;
      return `${key === "progress" && bar > 0 ? barText : ""}${right.has(key) ? padding + styled : styled + padding}`;
    })
    .join("  ")
    .trimEnd();
}

/** Returns the text of a time that is left, such as `12 s`, or `>12 s` if only the stage's is known. */
export function describeTimeLeft(cellSeconds: number | undefined, stageSeconds: number | undefined): string {
  if (cellSeconds !== undefined) return formatDuration(cellSeconds);
  return stageSeconds === undefined || stageSeconds < 0.5 ? "" : `>${formatDuration(stageSeconds)}`;
}

/** Escapes the text and cuts it to `width` columns; a wide character takes two. */
export function cut(rawText: string, width: number): string {
  const text = printable(rawText);
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
