// Formats a comparison for a terminal: the table, the answer in sentences, and the meaning of the marks.

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
import { hangText, screenWidth } from "./columns.ts";
import { fitTable, type TableColumn } from "./fit-table.ts";

export interface TableTextOptions {
  /** The file with all columns; undefined if it could not be written. */
  wholeTable: string | undefined;
  /** Records that could not be read. */
  leftOut: readonly string[];
  /** Width of the screen in columns. */
  width?: number;
}

/** Returns text without a final line end. No line is wider than the screen, unless a single word is wider. */
export function formatTable(comparison: Comparison, options: TableTextOptions): string {
  const { width = screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY) } = options;
  const columns = [...methodColumns(comparison), ...datasetColumns(comparison)];
  const { lines, dropped } = fitTable(
    columns.map((column, index) => ({ ...column, right: index > 0 })),
    width,
  );
  const droppedNote =
    dropped.length > 0
      ? `Not shown for lack of width: ${dropped.join(", ")}.` +
        (options.wholeTable === undefined ? "" : ` All columns: ${options.wholeTable}`)
      : null;
  const paragraphs = [
    answer(comparison).join(" "),
    ...notes(comparison).filter((note) => note.startsWith(samplesMark) || note.startsWith(loadMark)),
    comparison.miniature ? miniatureNote(comparison) : null,
    droppedNote,
    leftOutNote(options.leftOut),
  ].filter((paragraph) => paragraph !== null);
  const textWidth = Math.min(width, screenWidth(width));
  return [...lines, ...paragraphs.flatMap((paragraph) => ["", ...hangText("", printable(paragraph), textWidth)])].join(
    "\n",
  );
}

function methodColumns(comparison: Comparison): TableColumn[] {
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

/** These columns are dropped first, and together: if only some were shown, they could be taken for all datasets. */
function datasetColumns({ datasets, rows, base }: Comparison): TableColumn[] {
  if (datasets.length === 1) return [];
  return datasets.map(({ title }, index) => {
    const cells = [...rows, base].map((row) => row.cells[index]!);
    const text = cells.map((cell) => {
      if (cell.mean === null) return cell.diverged.length > 0 ? "diverged" : gap;
      return formatFid(cell.mean);
    });
    const means = cells.slice(0, -1).map((cell) => cell.mean ?? Number.POSITIVE_INFINITY);
    return { heading: printable(title), cells: text, importance: -1, group: "the single datasets", ...findBest(means) };
  });
}

function findBest(means: readonly number[]): { best?: number } {
  const least = Math.min(...means);
  return Number.isFinite(least) ? { best: means.indexOf(least) } : {};
}
