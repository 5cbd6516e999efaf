// Writes the comparison as LaTeX: tables of booktabs that a paper includes with \input.

import { printable } from "@dit-bench/text";
import { chooseColumns, gap, loadMark, samplesMark } from "./columns.ts";
import type { Comparison } from "./comparison.ts";
import { joinWithAnd } from "./format.ts";
import { notes } from "./notes.ts";
import { paperNote, paperTable, paperWarning } from "./paper.ts";
import { datasetTable, methodTable, type PrintedCell, type PrintedTable, type PrintOptions } from "./printed-table.ts";
import { leftOutNote, measurement, miniatureNote } from "./wording.ts";

/**
 * A table of methods and a table of datasets, each with a caption that names protocol, extractor, seeds and marks. The
 * other notes are comments. Compiles with pdfLaTeX, unless a name has characters beyond the Latin alphabet; those need
 * XeLaTeX or LuaLaTeX.
 */
export function toLatex(
  comparison: Comparison,
  { leftOut = [], columns: names, withPaper = false }: PrintOptions = {},
): string {
  const columns = chooseColumns(comparison.records, names).map(({ column }) => column);
  const warnings = [comparison.miniature ? miniatureNote(comparison) : null, leftOutNote(leftOut)];
  const allNotes = notes(comparison, columns);
  const marks = allNotes.filter((note) => note.startsWith(samplesMark) || note.startsWith(loadMark));
  const about = [measurement(comparison), ...warnings].filter((text) => text !== null);
  const title = `Fine-tuning methods compared: ${joinWithAnd(comparison.recipes)}.`;
  const parts = [
    "% Needs \\usepackage{booktabs,graphicx}.",
    formatTable(methodTable(comparison, columns), {
      caption: [title, ...about, ...marks].join(" "),
      label: "tab:methods",
    }),
    formatTable(datasetTable(comparison), {
      caption: ["FID of each dataset.", ...about].join(" "),
      label: "tab:datasets",
    }),
    withPaper
      ? formatTable(paperTable(), {
          caption: `${paperWarning(comparison)} ${paperNote}`,
          label: "tab:paper",
        })
      : null,
    allNotes.map((note) => `% ${printable(note)}`).join("\n"),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

interface Surroundings {
  /** Plain text. */
  readonly caption: string;
  readonly label: string;
}

/** The lines of the base model are below a rule. */
function formatTable({ headings, lines, bases }: PrintedTable, { caption, label }: Surroundings): string {
  const row = (cells: readonly string[]) => `    ${cells.join(" & ")} \\\\`;
  const methods = lines.length - bases;
  const rows = lines.map((line) => row([escapeLatex(line.label), ...line.cells.map(cellText)]));
  return [
    "\\begin{table}",
    "  \\centering\\small",
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\label{${label}}`,
    "  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `  \\begin{tabular}{l${"r".repeat(headings.length)}}`,
    "    \\toprule",
    row(["Method", ...headings.map(escapeLatex)]),
    "    \\midrule",
    ...rows.slice(0, methods),
    ...(bases > 0 ? ["    \\midrule", ...rows.slice(methods)] : []),
    "    \\bottomrule",
    "  \\end{tabular}}",
    "\\end{table}",
  ].join("\n");
}

function cellText({ text, isBest, deviation, interval, remarks = [] }: PrintedCell): string {
  const number = text === gap ? "--" : escapeLatex(text);
  const details = [
    interval === undefined ? "" : `[${interval.low}, ${interval.high}]${interval.mark}`,
    remarks.length === 0 ? "" : `(${remarks.join(", ")})`,
  ].filter((detail) => detail !== "");
  return [
    isBest ? `\\textbf{${number}}` : number,
    deviation === undefined ? "" : ` $\\pm$ ${deviation}`,
    ...details.map((detail) => ` {\\footnotesize ${escapeLatex(detail)}}`),
  ].join("");
}

/** Characters with a meaning in LaTeX, and those that its fonts print as something else. */
const replacements: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  // These would join with their neighbours to dashes and quotation marks.
  "-": "-{}",
  "`": "{`}",
  "'": "{'}",
  '"': "{''}",
  "\u00a0": "~",
  "–": "--",
  "−": "$-$",
  "±": "$\\pm$",
  "×": "$\\times$",
  [loadMark]: "$^\\dagger$",
  [samplesMark]: "$^\\ddagger$",
};

/** Escapes a text so that LaTeX prints it as it is. */
export function escapeLatex(text: string): string {
  return printable(text.replaceAll(/[\t\n\r ]+/g, " "))
    .trim()
    .replaceAll(/[\\{}$&#%_^~<>|`'"\u00a0–−±×†‡]|-(?=-)/g, (character) => replacements[character]!)
    .replace(/^[[*]/, "{$&}"); // in a row, these would be an argument of the command that ends the row before it
}
