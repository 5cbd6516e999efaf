// A table that drops its least important columns on a narrow screen.

import { applyStyle } from "./style.ts";
import { fitColumns } from "./text-layout.ts";

export interface TableColumn {
  readonly heading: string;
  readonly cells: readonly string[];
  /** Columns of the least importance are dropped first, all at once. Columns of importance Infinity are always kept. */
  readonly importance: number;
  /** The name in `dropped` for all columns of this importance; by default the heading. */
  readonly group?: string;
  /** Numbers are aligned to the right. */
  readonly right?: boolean;
  /** Index of the cell to emphasize. */
  readonly best?: number;
}

export interface FittedTable {
  readonly lines: readonly string[];
  /** Names of the columns that did not fit. */
  readonly dropped: readonly string[];
}

/** Columns up to this importance are dropped before the gap between columns shrinks. */
const droppedBeforeGap = 1;

/** Lays out a table in at most `width` columns of text, or wider if the columns that are always kept need that. */
export function fitTable(columns: readonly TableColumn[], width: number): FittedTable {
  const kept = [...columns];
  const dropped: string[] = [];
  for (;;) {
    const leastImportance = Math.min(...kept.map(({ importance }) => importance));
    const lines = layOut(kept, width, leastImportance > droppedBeforeGap ? 1 : 2);
    if (lines !== undefined) return { lines, dropped };
    if (leastImportance === Number.POSITIVE_INFINITY)
      return { lines: layOut(kept, Number.POSITIVE_INFINITY, 2)!, dropped };
    const { group, heading } = kept.find(({ importance }) => importance === leastImportance)!;
    dropped.push(group ?? heading.toLowerCase());
    kept.splice(0, kept.length, ...kept.filter(({ importance }) => importance !== leastImportance));
  }
}

function layOut(columns: readonly TableColumn[], width: number, leastGap: number): string[] | undefined {
  const cells = columns.map((column) => [column.heading, ...column.cells]);
  const rows = cells[0]!.map((_, row) => cells.map((column) => column[row]!));
  return fitColumns(rows, {
    width,
    leastGap,
    right: new Set([...columns.keys()].filter((index) => columns[index]!.right)),
    style(text, row, column) {
      if (row === 0) return applyStyle("bold", text, process.stdout);
      return columns[column]!.best === row - 1 ? applyStyle(["bold", "green"], text, process.stdout) : text;
    },
  });
}
