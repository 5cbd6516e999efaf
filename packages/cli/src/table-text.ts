// Formats a comparison for a terminal: the table, the answer in sentences, and the meaning of the marks.

import {
  answer,
  type ChosenColumn,
  type Comparison,
  chooseColumns,
  formatFid,
  gap,
  leftOutNote,
  loadMark,
  miniatureNote,
  notes,
  samplesMark,
  type TableCell,
} from "@dit-bench/report";
import { printable } from "@dit-bench/text";
import { fitTable, type TableColumn } from "./fit-table.ts";
import { hangText, screenWidth } from "./text-layout.ts";

export interface TableTextOptions {
  /** The file with all columns; undefined if it could not be written. */
  wholeTable: string | undefined;
  /** Records that could not be read. */
  leftOut: readonly string[];
  /** Names of the columns; the usual ones and the single datasets if undefined. */
  columns?: readonly string[];
  /** Width of the screen in columns. */
  width?: number;
}

/** Returns text without a final line end. No line is wider than the screen, unless a single word is wider. */
export function formatTable(comparison: Comparison, options: TableTextOptions): string {
  const { width = screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY) } = options;
  const chosen = chooseColumns(comparison.records, options.columns);
  const columns = [
    ...methodColumns(comparison, chosen),
    ...(options.columns === undefined ? datasetColumns(comparison) : []),
  ];
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
    ...notes(
      comparison,
      chosen.map(({ column }) => column),
    ).filter((note) => note.startsWith(samplesMark) || note.startsWith(loadMark)),
    comparison.miniature ? miniatureNote(comparison) : null,
    droppedNote,
    leftOutNote(options.leftOut),
  ].filter((paragraph) => paragraph !== null);
  const textWidth = Math.min(width, screenWidth(width));
  return [...lines, ...paragraphs.flatMap((paragraph) => ["", ...hangText("", printable(paragraph), textWidth)])].join(
    "\n",
  );
}

function methodColumns(comparison: Comparison, chosen: readonly ChosenColumn[]): TableColumn[] {
  const { rows } = comparison;
  return [
    {
      heading: "Method",
      cells: [...rows.map((row) => printable(row.label)), "Base model"],
      importance: Number.POSITIVE_INFINITY,
    },
    ...chosen.flatMap(({ column, importance }): TableColumn[] => {
      const methodCells = rows.map((row) => column.cell(row, comparison));
      const cells = [...methodCells, column.base(comparison)];
      if (cells.every(({ text }) => text === gap)) return [];
      return [
        {
          heading: column.short(comparison),
          cells: cells.map(({ text }) => text),
          importance,
          ...findBest(
            methodCells.map(({ value }) => value ?? null),
            column.best,
          ),
        },
        ...(cells.some(({ interval }) => interval !== undefined)
          ? [{ heading: "95 % interval", cells: cells.map(formatInterval), importance: Math.min(importance - 0.5, 5) }]
          : []),
      ];
    }),
  ];
}

function formatInterval({ interval }: TableCell): string {
  return interval === undefined ? gap : `${interval.low}–${interval.high}${interval.mark}`;
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
    const means = cells.slice(0, -1).map((cell) => cell.mean);
    return {
      heading: printable(title),
      cells: text,
      importance: -1,
      group: "the single datasets",
      ...findBest(means, "lower"),
    };
  });
}

function findBest(values: readonly (number | null)[], better: "lower" | "higher" | undefined): { best?: number } {
  const known = values.filter((value) => value !== null);
  if (better === undefined || known.length === 0) return {};
  return { best: values.indexOf(better === "lower" ? Math.min(...known) : Math.max(...known)) };
}
