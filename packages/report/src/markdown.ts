// Writes the comparison as a Markdown page.

import { printable, quantity } from "@dit-bench/text";
import { answer } from "./answer.ts";
import { gap, tableColumns } from "./columns.ts";
import type { Comparison } from "./comparison.ts";
import { formatFid, joinWithAnd } from "./format.ts";
import { notes, samplesMark } from "./notes.ts";
import type { Cell, ScoreRow } from "./scores.ts";
import { leftOutNote, miniatureNote, seedsText } from "./wording.ts";

export interface MarkdownOptions {
  /** Paths of records that could not be read; the page names them. */
  leftOut?: readonly string[];
}

/**
 * A page of what was measured, the answer in sentences, the table of methods and costs, the table of datasets, and
 * notes on how to read them. Paragraphs are wrapped at 120 columns.
 */
export function toMarkdown(comparison: Comparison, { leftOut = [] }: MarkdownOptions = {}): string {
  const leftOutText = leftOutNote(leftOut);
  const parts = [
    `# Fine-tuning methods compared: ${escapeMarkdown(joinWithAnd(comparison.recipes))}`,
    comparison.miniature ? wrap(`**${escapeMarkdown(miniatureNote(comparison))}**`, "> ", "> ") : null,
    leftOutText === null ? null : wrap(`**${escapeMarkdown(leftOutText)}**`, "> ", "> "),
    wrap(measurement(comparison)),
    wrap(escapeMarkdown(answer(comparison).join(" "))),
    formatTable(methodLines(comparison)),
    "FID of each dataset:",
    formatTable(datasetLines(comparison)),
    notes(comparison)
      .map((note) => wrap(escapeMarkdown(note), "- ", "  "))
      .join("\n"),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

/** The paragraph on the measurement: datasets, seeds, numbers of images, extractor and protocol. */
function measurement(comparison: Comparison): string {
  const { records, datasets } = comparison;
  const scored = records.flatMap((record) => record.metrics ?? []);
  const rangeText = (values: number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? String(least) : `${least} to ${most}`;
  };
  const scopeText = `FID, lower is better, on ${quantity(datasets.length, "dataset")}, ${seedsText(comparison)}.`;
  const protocol = `Protocol ${codeSpan(comparison.protocol)}.`;
  const first = scored[0];
  if (first === undefined) return `${scopeText} ${protocol}`;
  const imagesText =
    `Each run: ${rangeText(scored.map(({ generated }) => generated))} generated images ` +
    `against ${rangeText(scored.map(({ real }) => real))} real ones, ` +
    `with the features of ${codeSpan(first.extractor)} (resizer ${codeSpan(first.resizer)}).`;
  return `${scopeText} ${imagesText} ${protocol}`;
}

const baseLabel = "Base model";

/** One line per method: its average, rank and costs. */
function methodLines({ datasets, rows, base }: Comparison): string[][] {
  const best = lowest(rows.map((row) => row.average?.mean ?? null));
  return [
    ["Method", datasets.length === 1 ? "FID" : "Average FID", "Rank", ...tableColumns.map(({ heading }) => heading)],
    ...rows.map((row) => [
      escapeMarkdown(row.label),
      averageText(row, row.average?.mean === best),
      row.rank === null ? gap : String(row.rank),
      ...tableColumns.map((column) => column.text(row)),
    ]),
    [baseLabel, averageText(base, false), gap, ...tableColumns.map((column) => column.base)],
  ];
}

/** One line per method: its FID on each dataset. */
function datasetLines(comparison: Comparison): string[][] {
  const { datasets, rows, base } = comparison;
  const best = datasets.map((_, index) => lowest(rows.map((row) => row.cells[index]!.mean)));
  const seeds = commonSeedCount(comparison);
  return [
    ["Method", ...datasets.map(({ title }) => escapeMarkdown(title))],
    ...rows.map((row) => [
      escapeMarkdown(row.label),
      ...row.cells.map((cell, index) => cellText(cell, seeds, cell.mean !== null && cell.mean === best[index])),
    ]),
    [baseLabel, ...base.cells.map((cell) => cellText(cell, seeds, false))],
  ];
}

function formatTable([header, ...lines]: readonly string[][]): string {
  const rule = header!.map((_, index) => (index === 0 ? ":--" : "--:"));
  return [header!, rule, ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cellText(cell: Cell, usualSeeds: number, best: boolean): string {
  if (cell.mean === null) return cell.diverged.length > 0 ? "diverged" : gap;
  const number = best ? `**${formatFid(cell.mean)}**` : formatFid(cell.mean);
  const deviation = cell.deviation === null ? "" : ` ± ${formatFid(cell.deviation)}`;
  const remarks = [
    cell.diverged.length > 0 ? `${cell.diverged.length} diverged` : null,
    cell.seeds.length === usualSeeds ? null : quantity(cell.seeds.length, "seed"),
  ].filter((remark) => remark !== null);
  return `${number}${deviation}${remarks.length > 0 ? ` (${remarks.join(", ")})` : ""}`;
}

function averageText({ average }: ScoreRow, best: boolean): string {
  if (average === null) return gap;
  const [low, high] = average.interval;
  const number = best ? `**${formatFid(average.mean)}**` : formatFid(average.mean);
  return `${number} [${formatFid(low)}, ${formatFid(high)}]${average.basis === "samples" ? samplesMark : ""}`;
}

function lowest(values: readonly (number | null)[]): number {
  return Math.min(...values.filter((value) => value !== null));
}

/** The number of seeds that most cells have, so that only the others need to state theirs. */
function commonSeedCount({ rows }: Comparison): number {
  const counts = rows.flatMap((row) => row.cells.map((cell) => cell.seeds.length)).filter((count) => count > 0);
  const frequency = (count: number) => counts.filter((other) => other === count).length;
  return counts.reduce((best, count) => {
    const gain = frequency(count) - frequency(best);
    return gain > 0 || (gain === 0 && count > best) ? count : best;
  }, 0);
}

const columns = 120;

/** Breaks `text` at spaces into lines of at most 120 columns; `first` and `next` are the prefixes of the lines. */
function wrap(text: string, first = "", next = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const prefix = lines.length === 0 ? first : next;
    const isFull = line !== "" && prefix.length + line.length + 1 + word.length > columns;
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

/** Escapes a text so that Markdown prints it as it is, also in a table. */
function escapeMarkdown(text: string): string {
  return printable(text.replaceAll(/[\t\n\r ]+/g, " "))
    .trim()
    .replaceAll(/[\\`*_[\]<>|~#&]/g, (character) => `\\${character}`)
    .replace(/^(\d*)(?=[-+=.)])/, "$1\\"); // at the start of a paragraph these begin a list or a heading
}

/** A name of an extractor or protocol as code; a backtick in it becomes a quote. */
function codeSpan(text: string): string {
  return `\`${printable(text.replaceAll(/[\t\n\r ]+/g, " "))
    .replaceAll("`", "'")
    .replaceAll("|", "\\|")}\``;
}
