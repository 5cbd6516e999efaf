// `bench list`: methods, datasets, recipes, engines or runs, as a table or as JSON.

import { statSync } from "node:fs";
import { describeEngines } from "@dit-bench/compiler";
import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, describeOptions, labelOf, parseOptions } from "@dit-bench/method";
import { findRecords, type RunRecord } from "@dit-bench/record";
import { defaultImportance, loadMark, meanText, metrics } from "@dit-bench/report";
import { BenchError, datasetEntries, exitCodes, loadMethods, loadRecipe, recipeNames } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import type { ListName, ListOptions } from "../declarations/list.ts";
import { fitTable } from "../fit-table.ts";
import { print, printJson } from "../print.ts";
import { reportProblem } from "../report-error.ts";
import { hangText, screenWidth } from "../text-layout.ts";

/** @param problem called with a message for each entry that cannot be read, and so is missing from the list */
type Find<Result> = (options: ListOptions, problem: (message: string) => void) => Promise<Result>;

/** One list. `Item` is what an entry is made from. */
interface List<Item> {
  readonly find: Find<readonly Item[]>;
  /** Makes the entry of an item in the JSON output. */
  json(item: Item): Record<string, string | number | boolean | null>;
  /** A string is the name of a property: its column has that heading and the values of that property. */
  readonly columns: readonly (Column<Item> | (keyof Item & string))[];
  /** Text below the table; undefined for none. */
  note?(items: readonly Item[]): string | undefined;
}

interface Column<Item> {
  readonly heading: string;
  value(item: Item): string | number | null;
  /** Aligned to the right; numbers always are. */
  readonly right?: true;
  /** A column without an importance is always shown; see TableColumn. */
  readonly importance?: number;
}

/** The output of a list. */
interface Listing {
  readonly json: readonly object[];
  readonly table: string;
}

/** The metrics of the costs that the list of runs shows. */
const costs = metrics.filter(({ kind, name }) => kind === "cost" && defaultImportance(name) !== undefined);

const lists: Readonly<Record<ListName, Find<Listing>>> = {
  methods: make({
    find: findMethods,
    json: (row) => row,
    columns: [
      "name",
      "label",
      { heading: "trainable", value: ({ trainableParameters }) => trainableParameters },
      { heading: "options for --set", value: ({ options }) => options },
    ],
    note: ([first]) =>
      `trainable: weights of ${first!.model} with ${first!.classes} classes; --json also prints the sources`,
  }),
  datasets: make({
    find: findDatasets,
    json: (row) => row,
    columns: ["name", "title", "classes", "images", "subject"],
    note: () => "licences and addresses: --json, or docs/datasets.md",
  }),
  recipes: make({
    find: findRecipes,
    json: (row) => row,
    columns: ["name", "model", "title"],
  }),
  engines: make({
    find: findEngines,
    json: (row) => row,
    columns: [
      "name",
      { heading: "works", value: ({ available }) => (available ? "yes" : "no") },
      { heading: "description, or why not", value: ({ reason }) => reason },
    ],
    note: () => "'bench doctor' shows how to install the engines that do not work",
  }),
  runs: make({
    find: findRuns,
    json: ({ protocol, cell, exit, metrics, parameters, times, ...record }) => ({
      protocol,
      dataset: cell.dataset,
      method: cell.methodLabel,
      seed: cell.seed,
      exit,
      fid: metrics?.fid ?? null,
      baseFid: metrics?.baseFid ?? null,
      trainableParameters: parameters.trainable,
      seconds: times.total,
      stepMilliseconds: record.stepMilliseconds,
      peakMemoryMB: record.peakMemoryMB,
      storedBytes: record.weights.trainedBytes ?? null,
    }),
    columns: [
      { heading: "protocol", value: ({ protocol }) => protocol },
      { heading: "dataset", value: ({ cell }) => cell.dataset },
      { heading: "method", value: ({ cell }) => cell.methodLabel },
      { heading: "seed", value: ({ cell }) => cell.seed },
      { heading: "exit", value: ({ exit }) => exit },
      { heading: "FID", value: ({ metrics }) => metrics?.fid.toFixed(2) ?? null, right: true },
      { heading: "base FID", value: ({ metrics }) => metrics?.baseFid.toFixed(2) ?? null, right: true },
      ...costs.map((cost) => ({
        heading: cost.abbreviation ?? cost.heading ?? cost.title,
        value: (record: RunRecord) => meanText(cost, [record]),
        importance: defaultImportance(cost.name)!,
        right: true as const,
      })),
    ],
    note: (records) =>
      records.some((record) => costs.some((cost) => meanText(cost, [record]).endsWith(loadMark)))
        ? `${loadMark} other processes used the CPU during this run`
        : undefined,
  }),
};

export async function list(what: ListName, options: ListOptions): Promise<void> {
  const problems: string[] = [];
  const { json, table } = await lists[what](options, (message) => problems.push(message));
  if (options.json) printJson(json);
  else print(table);
  problems.forEach(reportProblem); // after the list, so that they are not scrolled away
  if (problems.length > 0) process.exitCode = exitCodes.someCellsFailed;
}

function make<Item>(declared: List<Item>): Find<Listing> {
  return async (options, problem) => {
    const items = await declared.find(options, problem);
    return { json: items.map(declared.json), table: formatList(items, declared) };
  };
}

function formatList<Item>(items: readonly Item[], { columns, note }: List<Item>): string {
  if (items.length === 0) return "none\n";
  const { lines, dropped } = fitTable(
    columns.map((column) => {
      const { heading, value, right = false, importance = Number.POSITIVE_INFINITY } = asColumn(column);
      const values = items.map(value);
      return {
        heading,
        cells: values.map(formatValue),
        importance,
        right: right || values.some((v) => typeof v === "number"),
      };
    }),
    screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY),
  );
  const listNote = note?.(items);
  const notes = [
    ...(listNote === undefined ? [] : [listNote]),
    ...(dropped.length > 0 ? [`not shown for lack of width: ${dropped.join(", ")}`] : []),
  ];
  return `${[...lines, ...notes.flatMap((text) => ["", ...hangText("", text)])].join("\n")}\n`;
}

const asColumn = <Item>(column: Column<Item> | (keyof Item & string)): Column<Item> =>
  typeof column === "string" ? { heading: column, value: (item) => item[column] as string | number | null } : column;

const formatValue = (value: string | number | null): string =>
  typeof value === "number" ? value.toLocaleString("en") : printable(value ?? "");

async function findMethods({ model: name, recipe, classes: count, plugin }: ListOptions) {
  const config = name ? ditByName(name) : loadRecipe(recipe).settings.model;
  const classes = count ?? config.classes;
  const model = ditModel({ ...config, classes });
  return (await loadMethods(plugin)).map(({ method, from }) => ({
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

async function findDatasets() {
  return datasetEntries().map((dataset) => {
    const { name, title, classes, images, subject, licence, homepage } = dataset;
    return { name, title, classes, images, subject, licence, homepage };
  });
}

async function findRecipes() {
  return recipeNames().map((name) => {
    const { settings, protocol } = loadRecipe(name);
    return { name, protocol, model: settings.model.name, title: settings.title };
  });
}

async function findEngines() {
  const engines = await describeEngines();
  return engines.map(({ name, available, reason, how }) => ({ name, available, reason, how: how ?? null }));
}

/** Throws BenchError (data) if `--out` is a file. */
async function findRuns({ out }: ListOptions, problem: (message: string) => void): Promise<RunRecord[]> {
  const status = statSync(out, { throwIfNoEntry: false });
  if (!status) return [];
  if (!status.isDirectory())
    throw new BenchError("data", `--out ${printable(out)}: it is a file, expected the folder where runs are kept`);
  const { records, damaged } = await findRecords(out);
  for (const { reason } of damaged) problem(reason);
  return records.map(({ record }) => record);
}
