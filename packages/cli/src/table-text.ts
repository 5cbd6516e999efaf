// Formats a comparison for a terminal: the table, the answer in sentences, and the meaning of the marks.

import {
  answer,
  type ChosenColumn,
  type Comparison,
  chooseColumns,
  datasetTable,
  gap,
  leftOutNote,
  loadMark,
  miniatureNote,
  notes,
  type PrintOptions,
  paperDatasets,
  paperNote,
  paperTable,
  paperWarning,
  samplesMark,
  type TableCell,
} from "@dit-bench/report";
import { printable } from "@dit-bench/text";
import { fitTable, type TableColumn } from "./fit-table.ts";
import { hangText, screenWidth } from "./text-layout.ts";

/** Without `columns`, the table has the usual columns and those of the single datasets. */
export interface TableTextOptions extends PrintOptions {
  /** The file with all columns; undefined if it could not be written. */
  wholeTable: string | undefined;
  /** Width of the screen in columns. */
  width?: number;
}

/** Returns text without a final line end. No line is wider than the screen, unless a single word is wider. */
export function formatTable(comparison: Comparison, options: TableTextOptions): string {
  const { width = screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY) } = options;
  const chosen = chooseColumns(comparison.records, options.columns);
  const columns = [
    // Columns that were asked for are more important than the intervals between them.
    ...methodColumns(comparison, chosen, options.columns === undefined ? 5 : 0.5),
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
    leftOutNote(options.leftOut ?? []),
  ].filter((paragraph) => paragraph !== null);
  const textWidth = Math.min(width, screenWidth(width));
  const wrapped = (text: string) => hangText("", printable(text), textWidth);
  return [
    ...lines,
    ...paragraphs.flatMap((paragraph) => ["", ...wrapped(paragraph)]),
    ...(options.withPaper
      ? ["", ...wrapped(paperWarning(comparison)), "", ...paperLines(width), "", ...wrapped(paperNote)]
      : []),
  ].join("\n");
}

/** The paper's table. A narrow screen shows its averages and costs only. */
function paperLines(width: number): readonly string[] {
  const { headings, lines } = paperTable();
  const labels = lines.map(({ label }) => label);
  return fitTable(
    [
      { heading: "Paper's method", cells: labels, importance: Number.POSITIVE_INFINITY },
      ...headings.map((heading, index) => ({
        heading,
        cells: lines.map(({ cells }) => cells[index]!.text),
        importance: paperDatasets.some((name) => name === heading) ? 0 : 1,
        right: true,
      })),
    ],
    width,
  ).lines;
}

/** @param intervalImportance importance of the columns with intervals */
function methodColumns(
  comparison: Comparison,
  chosen: readonly ChosenColumn[],
  intervalImportance: number,
): TableColumn[] {
  const { rows, bases } = comparison;
  return [
    {
      heading: "Method",
      cells: [...rows, ...bases].map((row) => printable(row.label)),
      importance: Number.POSITIVE_INFINITY,
    },
    ...chosen.flatMap(({ column, importance }): TableColumn[] => {
      const methodCells = rows.map((row) => column.cell(row, comparison));
      const cells = [...methodCells, ...bases.map((row) => column.base(row, comparison))];
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
          ? [{ heading: "95 % interval", cells: cells.map(formatInterval), importance: intervalImportance }]
          : []),
      ];
    }),
  ];
}

function formatInterval({ interval }: TableCell): string {
  return interval === undefined ? gap : `${interval.low}–${interval.high}${interval.mark}`;
}

/** These columns are dropped first, and together: if only some were shown, they could be taken for all datasets. */
function datasetColumns(comparison: Comparison): TableColumn[] {
  if (comparison.datasets.length === 1) return [];
  const { headings, lines } = datasetTable(comparison);
  return headings.map((title, index) => {
    const best = lines.findIndex(({ cells }) => cells[index]!.isBest);
    return {
      heading: printable(title),
      cells: lines.map(({ cells }) => cells[index]!.text),
      importance: -1,
      group: "the single datasets",
      ...(best < 0 ? {} : { best }),
    };
  });
}

function findBest(values: readonly (number | null)[], better: "lower" | "higher" | undefined): { best?: number } {
  const known = values.filter((value) => value !== null);
  if (better === undefined || known.length === 0) return {};
  return { best: values.indexOf(better === "lower" ? Math.min(...known) : Math.max(...known)) };
}
