// A table that drops its least important columns on a narrow screen.

import { fitColumns } from "./columns.ts";
import { applyStyle } from "./style.ts";

export interface TableColumn {
  readonly heading: string;
  readonly cells: readonly string[];
  /** The least important columns are dropped first; those of equal importance together. Infinity is always kept. */
  readonly importance: number;
  /** The name of columns of this importance in `dropped`, if it is not the heading. */
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

/** Lines of at most `width` columns, if the columns that are always kept fit. */
export function fitTable(columns: readonly TableColumn[], width: number): FittedTable {
  const kept = [...columns];
  const dropped: string[] = [];
  for (;;) {
    const least = Math.min(...kept.map(({ importance }) => importance));
    const lines = layOut(kept, width, least > droppedBeforeGap ? 1 : 2);
    if (lines !== undefined) return { lines, dropped };
    if (least === Number.POSITIVE_INFINITY) return { lines: layOut(kept, Number.POSITIVE_INFINITY, 2)!, dropped };
    const { group, heading } = kept.find(({ importance }) => importance === least)!;
    dropped.push(group ?? heading.toLowerCase());
    kept.splice(0, kept.length, ...kept.filter(({ importance }) => importance !== least));
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
