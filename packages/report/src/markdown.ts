// Writes the comparison as a Markdown page.

import { printable } from "@dit-bench/text";
import { answer } from "./answer.ts";
import { chooseColumns } from "./columns.ts";
import type { Comparison } from "./comparison.ts";
import { joinWithAnd } from "./format.ts";
import { notes } from "./notes.ts";
import { paperNote, paperTable, paperWarning } from "./paper.ts";
import { datasetTable, methodTable, type PrintedCell, type PrintedTable, type PrintOptions } from "./printed-table.ts";
import { leftOutNote, measurement, miniatureNote } from "./wording.ts";

/**
 * A page of what was measured, the answer in sentences, the table of methods and costs, the table of datasets, and
 * notes on how to read them. Paragraphs are wrapped at 120 columns.
 */
export function toMarkdown(
  comparison: Comparison,
  { leftOut = [], columns: names, withPaper = false }: PrintOptions = {},
): string {
  const columns = chooseColumns(comparison.records, names).map(({ column }) => column);
  const leftOutText = leftOutNote(leftOut);
  const parts = [
    `# Fine-tuning methods compared: ${escapeMarkdown(joinWithAnd(comparison.recipes))}`,
    comparison.miniature ? wrap(`**${escapeMarkdown(miniatureNote(comparison))}**`, "> ", "> ") : null,
    leftOutText === null ? null : wrap(`**${escapeMarkdown(leftOutText)}**`, "> ", "> "),
    wrap(measurement(comparison, codeSpan)),
    answerMarkdown(comparison),
    markdownTable(methodTable(comparison, columns)),
    "FID of each dataset:",
    markdownTable(datasetTable(comparison)),
    ...(withPaper
      ? [
          wrap(`**${escapeMarkdown(paperWarning(comparison))}**`, "> ", "> "),
          markdownTable(paperTable()),
          wrap(escapeMarkdown(paperNote)),
        ]
      : []),
    notes(comparison, columns)
      .map((note) => wrap(escapeMarkdown(note), "- ", "  "))
      .join("\n"),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

/** The answer of the comparison as a paragraph. */
export function answerMarkdown(comparison: Comparison): string {
  return wrap(escapeMarkdown(answer(comparison).join(" ")));
}

/** The table of methods and costs. @param columns names of its columns; the usual ones if undefined */
export function methodsMarkdown(comparison: Comparison, columns?: readonly string[]): string {
  const chosenColumns = chooseColumns(comparison.records, columns).map(({ column }) => column);
  return markdownTable(methodTable(comparison, chosenColumns));
}

/** A table in which every label and every heading is escaped. @param corner heading of the labels */
export function markdownTable({ headings, lines }: PrintedTable, corner = "Method"): string {
  const header = [corner, ...headings.map(escapeMarkdown)];
  const rule = header.map((_, index) => (index === 0 ? ":--" : "--:"));
  const rows = lines.map(({ label, cells }) => [escapeMarkdown(label), ...cells.map(cellText)]);
  return [header, rule, ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cellText({ text, isBest, deviation, interval, remarks = [] }: PrintedCell): string {
  return [
    isBest ? `**${text}**` : text,
    deviation === undefined ? "" : ` ± ${deviation}`,
    interval === undefined ? "" : ` [${interval.low}, ${interval.high}]${interval.mark}`,
    remarks.length === 0 ? "" : ` (${remarks.join(", ")})`,
  ].join("");
}

const pageWidth = 120;

/** Breaks `text` at spaces into lines of at most 120 columns; `first` and `next` are the prefixes of the lines. */
export function wrap(text: string, first = "", next = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const prefix = lines.length === 0 ? first : next;
    const isFull = line !== "" && prefix.length + line.length + 1 + word.length > pageWidth;
    // At the start of a line these words would begin a list or underline a heading, so they stay on the line before.
    const opensBlock = /^(?:\+|-+|=+|\d+[.)])$/.test(word);
    if (isFull && !opensBlock) {
      lines.push(prefix + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push((lines.length === 0 ? first : next) + line);
  return lines.join("\n");
}

/**
 * Escapes a text so that Markdown prints it as it is, also in a table: no web address becomes a link, no $ a formula. A
 * renderer that makes links of e-mail addresses still does.
 */
export function escapeMarkdown(text: string): string {
  return escapeCell(text).replace(/^(\d*)(?=[-+=.)])/, "$1\\"); // at the start of a paragraph: a list or a heading
}

/** Escapes a text that does not begin a paragraph, such as the cell of a table. */
export function escapeCell(text: string): string {
  return printable(text.replaceAll(/[\t\n\r ]+/g, " "))
    .trim()
    .replaceAll(/[\\`*_[\]<>|~#&$]|(?<=\bwww)\.|:(?=\/\/)/gi, (character) => `\\${character}`);
}

/** A name of an extractor or protocol as code; a backtick in it becomes a quote. */
function codeSpan(text: string): string {
  return `\`${printable(text.replaceAll(/[\t\n\r ]+/g, " "))
    .replaceAll("`", "'")
    .replaceAll("|", "\\|")}\``;
}
