// Tests the LaTeX tables: their form, as a small parser sees it, and the escaping of names.

import { describe, expect, it, test } from "vitest";
import { comparison, toLatex } from "./index.ts";
import { escapeLatex } from "./latex.ts";
import { methods, syntheticRecords, withScores } from "./synthetic.test.data.ts";

/** Every command that the tables use. All belong to LaTeX itself, booktabs or graphicx. */
const commands = new Set(
  (
    "begin end centering small caption label toprule midrule bottomrule textbf footnotesize pm times dagger ddagger " +
    "resizebox ifdim width linewidth else fi textbackslash textasciicircum textasciitilde textless textgreater textbar"
  ).split(" "),
);

interface ParsedTable {
  readonly columns: number;
  /** The rows of the tabular, rules removed. */
  readonly rows: readonly string[];
}

/**
 * Parses the text as LaTeX would: groups and environments must close, special characters must be escaped, and every row
 * must have as many cells as the tabular has columns. Throws an Error otherwise.
 */
function parse(latex: string): ParsedTable[] {
  const text = latex.replaceAll(/(?<!\\)%.*/g, "");
  const open: string[] = [];
  const tables: { columns: number; rows: string[] }[] = [];
  let cells = 1;
  let row = "";
  const token =
    /\\\\|\\begin\{(\w+)\}(?:\{(lr*)\})?|\\end\{(\w+)\}|\\([a-zA-Z]+)|\\(.)|([{}$&#%_^~])|([^\\{}$&#%_^~]+)/gs;
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, begun, columns, ended, command, , special] = match;
    if (match.index !== end) throw new Error(`unexpected '${text.slice(end, match.index)}'`);
    end = match.index + whole.length;
    const table = tables.at(-1);
    if (begun !== undefined) {
      open.push(begun);
      if (columns !== undefined) tables.push({ columns: columns.length, rows: [] });
      row = "";
    } else if (ended !== undefined) {
      if (open.pop() !== ended) throw new Error(`\\end{${ended}} closes nothing`);
    } else if (whole === "\\\\") {
      if (open.at(-1) !== "tabular") throw new Error("a row ends outside a tabular");
      if (cells !== table!.columns) throw new Error(`${cells} cells in ${table!.columns} columns: ${row}`);
      if (/^\s*[[*]/.test(text.slice(end))) throw new Error("the next row begins with an argument of \\\\");
      table!.rows.push(row.trim());
      [cells, row] = [1, ""];
    } else if (command !== undefined) {
      if (!commands.has(command)) throw new Error(`unknown command \\${command}`);
      if (!command.endsWith("rule")) row += whole;
    } else if (special === "{") open.push("{");
    else if (special === "}") {
      if (open.pop() !== "{") throw new Error("} closes nothing");
    } else if (special === "$") open.at(-1) === "$" ? open.pop() : open.push("$");
    else if (special === "&") {
      if (open.at(-1) !== "tabular") throw new Error("& outside a tabular");
      cells++;
      row += "&";
    } else if (special === "_" || special === "#") throw new Error(`${special} is not escaped`);
    else if (special === "^" && open.at(-1) !== "$") throw new Error("^ outside a formula");
    else row += whole;
  }
  if (end !== text.length || open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
  return tables;
}

const compared = comparison(syntheticRecords({ datasets: ["food", "sun"], seeds: [0, 1] }));

describe("the LaTeX tables", () => {
  it("have a row for each method and the base model, with as many cells as columns", () => {
    const [byMethod, byDataset, ...others] = parse(toLatex(compared));
    expect(others).toEqual([]);
    expect(byMethod!.columns).toBe(1 + 9);
    expect(byDataset!.columns).toBe(1 + 2);
    for (const { rows } of [byMethod!, byDataset!]) expect(rows).toHaveLength(1 + methods.length + 1);
    expect(byMethod!.rows[0]).toBe(
      "Method & Average FID & Rank & Trainable & Share of model & Stored & Training & ms/step & Memory & " +
        "Relative time",
    );
  });

  it("have the chosen columns, and the paper's table with its warning", () => {
    const latex = toLatex(compared, { columns: ["kid", "peakMemoryMB"], withPaper: true });
    const [byMethod, , paper] = parse(latex);
    expect(byMethod!.rows[0]).toBe("Method & KID & Memory");
    expect(paper!.rows).toHaveLength(1 + 8);
    expect(paper!.columns).toBe(1 + 4 + 8);
    expect(latex).toContain("Not comparable with the numbers above: the paper has another model");
  });

  it("state in the caption that miniatures cannot be compared, and what the marks mean", () => {
    const oneSeed = comparison(
      syntheticRecords({ datasets: ["food"], seeds: [0] }).map((record) =>
        withScores({ ...record, otherLoad: 1.5 }, { recall: 0.5 }),
      ),
    );
    const [, caption] = /\\caption\{(.*)\}$/m.exec(toLatex(oneSeed, { columns: ["fid", "recall", "trainSeconds"] }))!;
    expect(caption).toContain("must never be compared with published FIDs");
    expect(caption).toContain("$^\\ddagger$ interval of a method with one seed");
    expect(caption).toContain("$^\\dagger$ 6 of 6 runs were measured while other processes");
    parse(toLatex(oneSeed));
  });

  it("print the best number of a column in bold, whether lower or higher is better", () => {
    const records = syntheticRecords({ methods: methods.slice(0, 2), datasets: ["food"], seeds: [0, 1] });
    const scored = records.map((record) => withScores(record, { recall: record.cell.method === "full" ? 0.25 : 0.5 }));
    const latex = toLatex(comparison(scored), { columns: ["recall"] });
    expect(latex).toMatch(/^ +BitFit & \\textbf\{0\.500\}/m);
    expect(latex).toMatch(/^ +Full & 0\.250/m);
    expect(latex).toContain("% Bold: the best number of a column.");
  });
});

test.each([
  ["50 % & $x_1^2$ #3", "50 \\% \\& \\$x\\_1\\textasciicircum{}2\\$ \\#3"],
  ["\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/passwd\\}"],
  ['a--b ~ `c\' "d"', "a-{}-b \\textasciitilde{} {`}c{'} {''}d{''}"],
  ["[a]* <b>|c", "{[}a]* \\textless{}b\\textgreater{}\\textbar{}c"],
  ["0.73× ± 1\u00a0s–2†", "0.73$\\times$ $\\pm$ 1~s--2$^\\dagger$"],
  ["two\nlines\r\n% and more", "two lines \\% and more"],
])("escapes %j", (text, escaped) => {
  expect(escapeLatex(text)).toBe(escaped);
});

test("names from a record cannot break a table, end a comment or run a command", () => {
  const labels = ["\\write18{x}", "[2pt] a & b \\\\", "* c %", "$x", "}", "{", "a\n\\input{b}", "~^_#"];
  const records = labels.flatMap((label, index) =>
    syntheticRecords({ methods: [{ ...methods[1]!, method: `m${index}`, label }], datasets: ["food"], seeds: [0, 1] }),
  );
  const latex = toLatex(comparison(records.map((record) => ({ ...record, protocol: "p%{\\x}/1" }))));
  for (const { rows } of parse(latex)) expect(rows).toHaveLength(1 + labels.length + 1);
});
