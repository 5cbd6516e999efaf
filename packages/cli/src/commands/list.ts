// bench list: what there is.

import { existsSync } from "node:fs";
import { describeEngines } from "@dit-bench/compiler";
import { nearest } from "@dit-bench/datasets";
import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, describeOptions } from "@dit-bench/method";
import { readRecords } from "@dit-bench/record";
import { BenchError, datasetEntries, loadMethods, loadRecipe, recipeNames } from "@dit-bench/runner";
import { wholeNumber } from "../settings.ts";

export interface ListOptions {
  model?: string;
  classes?: string;
  recipe: string;
  plugin: string[];
  out: string;
  json?: boolean;
}

type Row = Record<string, string | number | boolean | null>;

const kinds: Record<string, (o: ListOptions) => Promise<Row[]>> = { methods, datasets, recipes, engines, runs };

export async function list(what: string, options: ListOptions): Promise<void> {
  const kind = kinds[what];
  if (!kind) {
    const near = nearest(what, Object.keys(kinds));
    throw new BenchError(
      "usage",
      `there is no list of '${what}'; wanted one of ${Object.keys(kinds).join(", ")}${near ? `. Did you mean '${near}'?` : ""}`,
    );
  }
  const rows = await kind(options);
  process.stdout.write(options.json ? `${JSON.stringify(rows)}\n` : formatted(rows));
}

async function methods(o: ListOptions): Promise<Row[]> {
  const config = o.model ? ditByName(o.model) : loadRecipe(o.recipe).settings.model;
  const classes = o.classes ? wholeNumber("classes", o.classes, 1) : config.classes;
  const model = ditModel({ ...config, classes });
  return (await loadMethods(o.plugin)).map(({ method, from }) => ({
    name: method.name,
    label: method.label(method.options.parse({})),
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

async function runs(o: ListOptions): Promise<Row[]> {
  if (!existsSync(o.out)) return [];
  return (await readRecords(o.out)).map((r) => ({
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

/** Columns as wide as their widest value; numbers to the right. */
function formatted(rows: readonly Row[]): string {
  if (rows.length === 0) return "none\n";
  const columns = Object.keys(rows[0]!);
  const text = (v: Row[string]) =>
    typeof v === "number" ? v.toLocaleString("en", { maximumFractionDigits: 2 }) : v === null ? "" : String(v);
  const width = columns.map((c) => Math.max(c.length, ...rows.map((r) => text(r[c]!).length)));
  const line = (cells: string[], right: boolean[]) =>
    cells
      .map((cell, i) => (right[i] ? cell.padStart(width[i]!) : cell.padEnd(width[i]!)))
      .join("  ")
      .trimEnd();
  const right = columns.map((c) => typeof rows[0]![c] === "number");
  return `${[
    line(columns, right),
    ...rows.map((r) =>
      line(
        columns.map((c) => text(r[c]!)),
        right,
      ),
    ),
  ].join("\n")}\n`;
}
