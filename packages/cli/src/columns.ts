// Text as a terminal of any width shows it: tables that fit, and lines that hang. Only spaces break a line, never a word.

import stringWidth from "string-width";

/** Where nothing tells how wide the screen is, and the widest that is pleasant to read. */
const usualWidth = 100;
const widest = 120;

/** Columns of the screen. Text in sentences is narrower than a wide screen; tables use all of it. */
export const screenWidth = (columns: number | undefined = process.stdout.columns, most = widest): number =>
  Math.min(most, columns ?? usualWidth);

/** Rows with their columns as wide as the widest cell, two spaces apart; those of `right` end where their column ends. */
export function alignColumns(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) => line(row, widths, { right, gap: 2 }));
}

export interface Fitting {
  /** Columns whose texts end where the column ends. */
  right?: ReadonlySet<number>;
  width?: number;
  /** The least number of spaces between two columns: 1, or 2. */
  leastGap?: number;
  /** Gives a text its colour, after it was laid out. */
  style?: (text: string, row: number, column: number) => string;
}

/**
 * The same for a screen of `width`: where the rows are wider, the widest texts are broken between words, then the columns move
 * together to one space. Undefined where that does not do either.
 */
export function fitColumns(rows: readonly (readonly string[])[], options: Fitting = {}): string[] | undefined {
  const { right = new Set<number>(), width = screenWidth(), leastGap = 1, style } = options;
  const widths = columnWidths(rows);
  const least = columnWidths(rows.map((row) => row.map(longestWord)));
  const total = (gap: number) => widths.reduce((sum, column) => sum + column, gap * (widths.length - 1));
  let gap = 2;
  while (total(gap) > width) {
    // The column that has most to give. Where none has, the gap gives.
    const room = widths.map((column, index) => (column > least[index]! ? column : 0));
    const most = Math.max(...room);
    if (most > 0) widths[room.indexOf(most)]!--;
    else if (gap > leastGap) gap--;
    else return undefined;
  }
  return rows.flatMap((row, r) => {
    const cells = row.map((cell, column) => wrapText(cell, widths[column]!));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, l) =>
      line(
        cells.map((lines) => lines[l] ?? ""),
        widths,
        { right, gap, style: style && ((text, column) => style(text, r, column)) },
      ),
    );
  });
}

/** Words, and commands whole, so that they can be copied. A no-break space is no space. */
const unbroken = /`[^`]*`[^ \n]*|'bench [^']*'[^ \n]*|[^ \n]+/g;

/** `text` after `head`, broken between words where the screen ends; the lines after the first begin below the text's beginning. */
export function hangText(head: string, text: string, width = screenWidth()): string[] {
  const indent = stringWidth(head);
  const [first = "", ...rest] = wrapText(text, width - indent);
  return [head + first, ...rest.map((part) => " ".repeat(indent) + part)];
}

function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  // A command that is wider than the line breaks between its words, too.
  const words = (text.match(unbroken) ?? []).flatMap((word) => (stringWidth(word) > width ? word.split(" ") : [word]));
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || stringWidth(last) + 1 + stringWidth(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.length > 0 ? lines : [""];
}

function longestWord(text: string): string {
  const words: string[] = text.match(unbroken) ?? [];
  return words.reduce((longest, word) => (stringWidth(word) > stringWidth(longest) ? word : longest), "");
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column]!))));
}

interface Layout {
  right: ReadonlySet<number>;
  gap: number;
  style?: ((text: string, column: number) => string) | undefined;
}

function line(cells: readonly string[], widths: readonly number[], { right, gap, style }: Layout): string {
  const last = cells.findLastIndex((cell) => cell !== "");
  return cells
    .slice(0, last + 1)
    .map((cell, column) => {
      const space = " ".repeat(Math.max(0, widths[column]! - stringWidth(cell)));
      const text = style && cell !== "" ? style(cell, column) : cell;
      return right.has(column) ? space + text : column === last ? text : text + space;
    })
    .join(" ".repeat(gap));
}
