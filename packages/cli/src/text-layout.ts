// Layout of text for a terminal of any width: tables that fit, and hanging indents. Lines break at spaces, never inside
// a word.

import stringWidth from "string-width";

/** Used if the width of the screen is unknown. */
const defaultWidth = 100;
/** Longer lines are hard to read. */
const widestText = 120;

/**
 * Returns the width to use, in columns.
 *
 * @param limit the largest width: sentences have a limit, and tables use the whole screen
 */
export const screenWidth = (columns: number | undefined = process.stdout.columns, limit = widestText): number =>
  Math.min(limit, columns ?? defaultWidth);

/**
 * Returns the lines of a table. Each column is as wide as its widest cell; two spaces separate columns.
 *
 * @param right indices of the columns that are aligned to the right
 */
export function alignColumns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths = measureColumns(rows);
  return rows.map((row) => formatLine(row, widths, { right, gap: 2 }));
}

export interface Fitting {
  /** Indices of the columns that are aligned to the right. */
  right?: ReadonlySet<number>;
  width?: number;
  /** The smallest gap between two columns, in spaces: 1 or 2. */
  leastGap?: number;
  /** Colours the text of a cell, after the layout. */
  style?: (text: string, row: number, column: number) => string;
}

/**
 * `alignColumns` for a screen of `width`. If the rows are wider, the widest cells are wrapped, then the gap shrinks to
 * `leastGap`. Undefined if that is not enough.
 */
export function fitColumns(rows: readonly (readonly string[])[], options: Fitting = {}): string[] | undefined {
  const { right = new Set<number>(), width = screenWidth(), leastGap = 1, style } = options;
  const widths = measureColumns(rows);
  const leastWidths = measureColumns(rows.map((row) => row.map(findLongestWord)));
  const total = (gap: number) => widths.reduce((sum, column) => sum + column, gap * (widths.length - 1));
  let gap = 2;
  while (total(gap) > width) {
    // The widest column that can shrink; if there is none, the gap shrinks.
    const shrinkable = widths.map((column, index) => (column > leastWidths[index]! ? column : 0));
    const widestColumn = Math.max(...shrinkable);
    if (widestColumn > 0) widths[shrinkable.indexOf(widestColumn)]!--;
    else if (gap > leastGap) gap--;
    else return undefined;
  }
  return rows.flatMap((row, r) => {
    const cells = row.map((cell, column) => wrapText(cell, widths[column]!));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, l) =>
      formatLine(
        cells.map((lines) => lines[l] ?? ""),
        widths,
        { right, gap, style: style && ((text, column) => style(text, r, column)) },
      ),
    );
  });
}

/** Matches a word. A quoted command is one word, so that it can be copied. A no-break space does not end a word. */
const wordPattern = /`[^`]*`[^ \n]*|'bench [^']*'[^ \n]*|[^ \n]+/g;

/** Returns the lines of `head` and the wrapped `text`; lines after the first are indented by the width of `head`. */
export function hangText(head: string, text: string, width = screenWidth()): string[] {
  const indent = stringWidth(head);
  const [first = "", ...rest] = wrapText(text, width - indent);
  return [head + first, ...rest.map((part) => " ".repeat(indent) + part)];
}

function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  // A command that is wider than the line is wrapped, too.
  const words = (text.match(wordPattern) ?? []).flatMap((word) =>
    stringWidth(word) > width ? word.split(" ") : [word],
  );
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || stringWidth(last) + 1 + stringWidth(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.length > 0 ? lines : [""];
}

function findLongestWord(text: string): string {
  const words: string[] = text.match(wordPattern) ?? [];
  return words.reduce((longest, word) => (stringWidth(word) > stringWidth(longest) ? word : longest), "");
}

function measureColumns(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column]!))));
}

interface Layout {
  right: ReadonlySet<number>;
  gap: number;
  style?: ((text: string, column: number) => string) | undefined;
}

function formatLine(cells: readonly string[], widths: readonly number[], { right, gap, style }: Layout): string {
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells
    .slice(0, last + 1)
    .map((cell, column) => {
      const padding = " ".repeat(Math.max(0, widths[column]! - stringWidth(cell)));
      const text = style && cell !== "" ? style(cell, column) : cell;
      return right.has(column) ? padding + text : column === last ? text : text + padding;
    })
    .join(" ".repeat(gap));
}
