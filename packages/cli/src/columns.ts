// Text as a terminal of any width shows it: columns that line up, and lines that hang.

/** Where nothing says how wide the screen is, and the widest that is pleasant to read. */
const usualWidth = 100;
const widest = 120;

export const screenWidth = (columns: number | undefined = process.stdout.columns): number =>
  Math.min(widest, columns ?? usualWidth);

/** Rows with their columns as wide as the widest cell, two spaces apart; those of `right` end where their column ends. */
export function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const width = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (right.has(i) ? cell.padStart(width[i]!) : cell.padEnd(width[i]!)))
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
  let empty = true;
  for (const word of text.match(unbroken) ?? []) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(head.length);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
