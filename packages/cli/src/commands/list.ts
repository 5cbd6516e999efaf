// `bench list`: methods, datasets, recipes, engines or runs, as a table or as JSON.

import { statSync } from "node:fs";
import { describeEngines } from "@dit-bench/compiler";
import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, describeOptions, labelOf, parseOptions } from "@dit-bench/method";
import { findRecords } from "@dit-bench/record";
import { BenchError, datasetEntries, exitCodes, loadMethods, loadRecipe, recipeNames } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import { alignColumns, fitColumns, hangText } from "../columns.ts";
import type { ListName, ListOptions } from "../declarations/list.ts";
import { print, printJson } from "../print.ts";
import { reportProblem } from "../report-error.ts";
import { applyStyle } from "../style.ts";

type Row = Record<string, string | number | boolean | null>;

interface Kind {
  /** @param problem called with a message for each entry that should be in the list and cannot be */
  rows(o: ListOptions, problem: (message: string) => void): Promise<Row[]>;
  /** Columns of the table: the key of a row's value by heading. The JSON has every value. */
  readonly columns: Readonly<Record<string, string>>;
  /** A note below the table. */
  note?(rows: readonly Row[]): string;
}

const kinds: Readonly<Record<ListName, Kind>> = {
  methods: {
    rows: methods,
    columns: { name: "name", label: "label", trainable: "trainableParameters", "options for --set": "options" },
    note: ([first]) => `trainable: weights of ${first!.model} with ${first!.classes} classes; --json has sources too`,
  },
  datasets: {
    rows: datasets,
    columns: { name: "name", title: "title", classes: "classes", images: "images", subject: "subject" },
    note: () => "licences and addresses: --json, or docs/datasets.md",
  },
  recipes: { rows: recipes, columns: { name: "name", model: "model", title: "title" } },
  engines: {
    rows: engines,
    columns: { name: "name", works: "available", "description, or why not": "reason" },
    note: () => "'bench doctor' shows how to get the others",
  },
  runs: {
    rows: runs,
    columns: {
      protocol: "protocol",
      dataset: "dataset",
      method: "method",
      seed: "seed",
      exit: "exit",
      FID: "fid",
      "base FID": "baseFid",
      trainable: "trainableParameters",
      seconds: "seconds",
    },
  },
};

export async function list(what: ListName, options: ListOptions): Promise<void> {
  const kind = kinds[what];
  const problems: string[] = [];
  const rows = await kind.rows(options, (message) => problems.push(message));
  if (options.json) printJson(rows);
  else print(formatRows(rows, kind));
  problems.forEach(reportProblem); // after the list, so that they are not scrolled away
  if (problems.length > 0) process.exitCode = exitCodes.someCellsFailed;
}

async function methods(o: ListOptions): Promise<Row[]> {
  const config = o.model ? ditByName(o.model) : loadRecipe(o.recipe).settings.model;
  const classes = o.classes ?? config.classes;
  const model = ditModel({ ...config, classes });
  return (await loadMethods(o.plugin)).map(({ method, from }) => ({
    name: method.name,
    label: labelOf(method, parseOptions(method)),
    trainableParameters: attach(method, model).parameters,
    model: model.name,
    classes,
    options: describeOptions(method),
    source: method.source,
    package: from,
  }));
}

async function datasets(): Promise<Row[]> {
  return datasetEntries().map((d) => ({
    name: d.name,
    title: d.title,
    classes: d.classes,
    images: d.images,
    subject: d.subject,
    licence: d.licence,
    homepage: d.homepage,
  }));
}

async function recipes(): Promise<Row[]> {
  return recipeNames().map((name) => {
    const { settings, protocol } = loadRecipe(name);
    return { name, protocol, model: settings.model.name, title: settings.title };
  });
}

async function engines(): Promise<Row[]> {
  return (await describeEngines()).map(({ name, available, reason, how }) => ({
    name,
    available,
    reason,
    how: how ?? null,
  }));
}

async function runs(o: ListOptions, problem: (message: string) => void): Promise<Row[]> {
  const status = statSync(o.out, { throwIfNoEntry: false });
  if (!status) return [];
  if (!status.isDirectory())
    throw new BenchError("data", `--out ${printable(o.out)}: it is a file, expected the folder where runs are kept`);
  const { records, damaged } = await findRecords(o.out);
  for (const { reason } of damaged) problem(reason);
  return records.map(({ record: r }) => ({
    protocol: r.protocol,
    dataset: r.cell.dataset,
    method: r.cell.methodLabel,
    seed: r.cell.seed,
    exit: r.exit,
    fid: r.metrics?.fid ?? null,
    baseFid: r.metrics?.baseFid ?? null,
    trainableParameters: r.parameters.trainable,
    seconds: r.times.total,
  }));
}

/** A table with numbers aligned to the right: FIDs with two decimals, other numbers with none. */
function formatRows(rows: readonly Row[], { columns, note }: Kind): string {
  const [first] = rows;
  if (first === undefined) return "none\n";
  const keys = Object.values(columns);
  const text = (value: Row[string] | undefined, key: string) => {
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value !== "number") return printable(value ?? "");
    const decimals = /fid/i.test(key) ? 2 : 0;
    return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  };
  const right = new Set([...keys.keys()].filter((i) => rows.some((row) => typeof row[keys[i]!] === "number")));
  const table = [Object.keys(columns), ...rows.map((row) => keys.map((key) => text(row[key], key)))];
  const style = (cell: string, row: number) => (row === 0 ? applyStyle("bold", cell, process.stdout) : cell);
  const lines = fitColumns(table, { right, style }) ?? alignColumns(table, right);
  return `${[...lines, ...(note ? ["", ...hangText("", note(rows))] : [])].join("\n")}\n`;
}
