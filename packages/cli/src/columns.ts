// Text as a terminal of any width shows it: columns that line up, and lines that hang. Wide characters take two columns.

import stringWidth from "string-width";

/** Where nothing says how wide the screen is, and the widest that is pleasant to read. */
const usualWidth = 100;
const widest = 120;

export const screenWidth = (columns: number | undefined = process.stdout.columns): number =>
  Math.min(widest, columns ?? usualWidth);

/** Rows with their columns as wide as the widest cell, two spaces apart; those of `right` end where their column ends. */
export function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const width = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => stringWidth(row[i]!))));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const space = " ".repeat(width[i]! - stringWidth(cell));
        return right.has(i) ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Words, and commands whole, so that they can be copied. */
const unbroken = /`[^`]*`\S*|'bench [^']*'\S*|\S+/g;

/** `text` after `head`, broken between words where the screen ends; the lines after the first begin below the text's beginning. */
export function hanging(head: string, text: string, width = screenWidth()): string[] {
  const lines: string[] = [];
  let line = head;
  let used = stringWidth(head);
  let empty = true;
  const room = width - used;
  const words = (text.match(unbroken) ?? []).flatMap((word) => (stringWidth(word) > room ? word.split(" ") : [word]));
  for (const word of words) {
    const wide = stringWidth(word);
    if (!empty && used + 1 + wide > width) {
      lines.push(line);
      used = stringWidth(head);
      line = " ".repeat(used);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    used += empty ? wide : wide + 1;
    empty = false;
  }
  return [...lines, line];
}
