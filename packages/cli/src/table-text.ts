// A comparison for a terminal: the table, the answer in sentences, and the meaning of the marks.

import {
  answer,
  type Comparison,
  formatFid,
  gap,
  leftOutNote,
  loadMark,
  miniatureNote,
  notes,
  type ScoreRow,
  samplesMark,
  tableColumns,
} from "@dit-bench/report";
import { printable } from "@dit-bench/text";
import { fitColumns, hangText, screenWidth } from "./columns.ts";
import { applyStyle } from "./style.ts";

interface Column {
  heading: string;
  /** One for each method, then one for the base model. */
  cells: string[];
  /**
   * As in the report's columns: the least important are dropped first if the screen is narrow; Infinity is always kept.
   */
  importance: number;
  /** Index of the best cell, which is emphasized. */
  best?: number;
}

export interface TableTextOptions {
  /** The file with all columns; undefined if it could not be written. */
  wholeTable: string | undefined;
  /** Records that could not be read. */
  leftOut: readonly string[];
  /** Of the screen, for the table. */
  width?: number;
}

/** Text without a final line end. No line is wider than the screen, unless a single word is. */
export function formatTable(comparison: Comparison, options: TableTextOptions): string {
  const { width = screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY) } = options;
  const { lines, missing } = fitTable([...methodColumns(comparison), ...datasetColumns(comparison)], width);
  const unshown =
    missing.length > 0
      ? `Not shown for lack of width: ${missing.join(", ")}.` +
        (options.wholeTable === undefined ? "" : ` All columns: ${options.wholeTable}`)
      : null;
  const paragraphs = [
    answer(comparison).join(" "),
    ...notes(comparison).filter((note) => note.startsWith(samplesMark) || note.startsWith(loadMark)),
    comparison.miniature ? miniatureNote(comparison) : null,
    unshown,
    leftOutNote(options.leftOut),
  ].filter((paragraph) => paragraph !== null);
  const narrow = Math.min(width, screenWidth(width));
  return [...lines, ...paragraphs.flatMap((paragraph) => ["", ...hangText("", printable(paragraph), narrow)])].join(
    "\n",
  );
}

function methodColumns(comparison: Comparison): Column[] {
  const { rows, base, datasets } = comparison;
  const all = [...rows, base];
  const average = ({ average }: ScoreRow) => (average === null ? gap : formatFid(average.mean));
  const means = rows.map((row) => row.average?.mean ?? Number.POSITIVE_INFINITY);
  return [
    {
      heading: "Method",
      cells: [...rows.map((row) => printable(row.label)), "Base model"],
      importance: Number.POSITIVE_INFINITY,
    },
    {
      heading: datasets.length === 1 ? "FID" : "Mean FID",
      cells: all.map(average),
      importance: Number.POSITIVE_INFINITY,
      ...findBest(means),
    },
    { heading: "95 % interval", cells: all.map(formatInterval), importance: 5 },
    { heading: "Rank", cells: [...rows.map(({ rank }) => (rank === null ? gap : String(rank))), gap], importance: 8 },
    ...tableColumns
      .map(({ short, importance, text, base }) => ({ heading: short, cells: [...rows.map(text), base], importance }))
      .filter(({ cells }) => cells.some((cell) => cell !== gap)),
  ];
}

function formatInterval({ average }: ScoreRow): string {
  if (average === null) return gap;
  const [low, high] = average.interval.map(formatFid);
  return `${low}–${high}${average.basis === "samples" ? samplesMark : ""}`;
}

/** Dropped first, and all together: some of the datasets would look like all of them. */
function datasetColumns({ datasets, rows, base }: Comparison): Column[] {
  if (datasets.length === 1) return [];
  return datasets.map(({ title }, index) => {
    const cells = [...rows, base].map((row) => row.cells[index]!);
    const text = cells.map((cell) => {
      if (cell.mean === null) return cell.diverged.length > 0 ? "diverged" : gap;
      return formatFid(cell.mean);
    });
    const means = cells.slice(0, -1).map((cell) => cell.mean ?? Number.POSITIVE_INFINITY);
    return { heading: printable(title), cells: text, importance: -1, ...findBest(means) };
  });
}

function findBest(means: readonly number[]): { best?: number } {
  const least = Math.min(...means);
  return Number.isFinite(least) ? { best: means.indexOf(least) } : {};
}

/**
 * Columns up to this importance are dropped before the gap between columns shrinks: the sentences have their numbers.
 */
const inSentences = 1;

function fitTable(columns: readonly Column[], width: number): { lines: string[]; missing: string[] } {
  const kept = [...columns];
  const missing: string[] = [];
  for (;;) {
    const least = Math.min(...kept.map(({ importance }) => importance));
    const lines = layOut(kept, width, least > inSentences ? 1 : 2);
    if (lines !== undefined) return { lines, missing };
    if (least === Number.POSITIVE_INFINITY) return { lines: layOut(kept, Number.POSITIVE_INFINITY, 2)!, missing };
    const dropped = kept.filter(({ importance }) => importance === least);
    missing.push(dropped.length > 1 ? "the single datasets" : dropped[0]!.heading.toLowerCase());
    kept.splice(0, kept.length, ...kept.filter(({ importance }) => importance !== least));
  }
}

function layOut(columns: readonly Column[], width: number, leastGap: number): string[] | undefined {
  const cells = columns.map(({ heading, cells }) => [heading, ...cells]);
  const rows = cells[0]!.map((_, row) => cells.map((column) => column[row]!));
  return fitColumns(rows, {
    width,
    leastGap,
    right: new Set([...columns.keys()].slice(1)),
    style(text, row, column) {
      if (row === 0) return applyStyle("bold", text, process.stdout);
      return columns[column]!.best === row - 1 ? applyStyle(["bold", "green"], text, process.stdout) : text;
    },
  });
}
