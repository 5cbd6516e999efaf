// `bench list runs`: which runs it lists, in which order, and their columns.

import { statSync } from "node:fs";
import { findRecords, type RunRecord } from "@dit-bench/record";
import { defaultImportance, loadMark, type Metric, meanText, metrics } from "@dit-bench/report";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";
import type { ListOptions, textOrders } from "./declarations/list.ts";
import { type Column, type Find, type Listing, makeList } from "./listing.ts";
import { splitKnownNames } from "./parser/values.ts";
import { printNote } from "./print.ts";

/** The metrics of the costs that the list shows. */
const costs = metrics.filter(({ kind, name }) => kind === "cost" && defaultImportance(name) !== undefined);

export const listRuns: Find<Listing> = (options, problem) =>
  makeList({
    find: findRuns,
    json: (record) => ({
      protocol: record.protocol,
      dataset: record.cell.dataset,
      method: record.cell.methodLabel,
      seed: record.cell.seed,
      exit: record.exit,
      ...scoresOf(record),
      baseFid: record.metrics?.baseFid ?? null,
      trainableParameters: record.parameters.trainable,
      seconds: record.times.total,
      stepMilliseconds: record.stepMilliseconds,
      peakMemoryMB: record.peakMemoryMB,
      storedBytes: record.weights.trainedBytes ?? null,
      finishedAt: record.finishedAt,
    }),
    columns: [
      { heading: "protocol", value: ({ protocol }) => protocol },
      { heading: "dataset", value: ({ cell }) => cell.dataset },
      { heading: "method", value: ({ cell }) => cell.methodLabel },
      { heading: "seed", value: ({ cell }) => String(cell.seed), right: true }, // an identifier, not a quantity
      { heading: "exit", value: ({ exit }) => exit },
      { heading: "FID", value: ({ metrics: scores }) => scores?.fid.toFixed(2) ?? null, right: true },
      { heading: "base FID", value: ({ metrics: scores }) => scores?.baseFid.toFixed(2) ?? null, right: true },
      ...metrics
        .filter((metric) => metric.name === options.sort && metric.name !== "fid" && !costs.includes(metric))
        .map((metric) => metricColumn(metric)),
      ...costs.map((cost) => metricColumn(cost, cost.name === options.sort ? undefined : defaultImportance(cost.name))),
    ],
    note: (records) =>
      records.some((record) => costs.some((cost) => meanText(cost, [record]).endsWith(loadMark)))
        ? `${loadMark} other processes used the CPU during this run`
        : undefined,
  })(options, problem);

/** @param importance always shown if undefined */
function metricColumn(metric: Metric, importance?: number): Column<RunRecord> {
  return {
    heading: metric.abbreviation ?? metric.heading ?? metric.title,
    value: (record) => meanText(metric, [record]),
    ...(importance === undefined ? {} : { importance }),
    right: true,
  };
}

/** Every score by its name; null if the run has none. */
const scoresOf = (record: RunRecord): Record<string, number | null> =>
  Object.fromEntries(
    metrics.filter(({ kind }) => kind === "score").map(({ name, value }) => [name, value(record) ?? null]),
  );

/** Throws BenchError (data) if `--out` is a file. */
async function findRuns(options: ListOptions, problem: (message: string) => void): Promise<RunRecord[]> {
  const { out } = options;
  const status = statSync(out, { throwIfNoEntry: false });
  if (!status) return [];
  if (!status.isDirectory())
    throw new BenchError("data", `--out ${printable(out)}: it is a file, expected the folder where runs are kept`);
  const { records, damaged } = await findRecords(out);
  for (const { reason } of damaged) problem(reason);
  const order = orderOf(options.sort);
  return filter(
    records.map(({ record }) => record),
    options,
  ).sort(order);
}

type FilterName = "method" | "dataset" | "protocol" | "seed" | "state";

/** What a run is called in each filter. */
const filters: Readonly<Record<FilterName, (record: RunRecord) => readonly string[]>> = {
  method: ({ cell }) => [cell.method, cell.methodLabel],
  dataset: ({ cell }) => [cell.dataset, cell.datasetTitle],
  protocol: ({ protocol }) => [protocol],
  seed: ({ cell }) => [String(cell.seed)],
  state: ({ exit }) => [exit],
};

/** The runs that every given filter selects. Prints a note about a name that no run has. */
function filter(records: readonly RunRecord[], options: ListOptions): RunRecord[] {
  let selected = [...records];
  for (const [name, namesOf] of Object.entries(filters) as [FilterName, (typeof filters)[FilterName]][]) {
    const given = options[name];
    if (given === undefined) continue;
    const wanted = splitKnownNames(`--${name}`, given, new Set(records.flatMap(namesOf)));
    const known = new Set(records.map((record) => namesOf(record)[0]!));
    const absent = wanted.filter((one) => !records.some((record) => namesOf(record).includes(one)));
    for (const one of absent)
      printNote(`no run has --${name} ${one}; the runs have ${[...known].sort().join(", ") || "none"}\n`);
    selected = selected.filter((record) => namesOf(record).some((one) => wanted.includes(one)));
  }
  return selected;
}

type Order = (a: RunRecord, b: RunRecord) => number;

/** A metric sorts the best first and runs without a value last. Equal runs stay in the order of their folders. */
function orderOf(name: string): Order {
  const metric = metrics.find((candidate) => candidate.name === name);
  if (metric === undefined) return orders[name as keyof typeof orders];
  const sign = metric.better === "lower" ? 1 : -1;
  const rank = (record: RunRecord) => sign * (metric.value(record) ?? sign * Number.POSITIVE_INFINITY);
  return (a, b) => byOrder(rank(a), rank(b));
}

const orders: Readonly<Record<(typeof textOrders)[number], Order>> = {
  folder: () => 0,
  date: (a, b) => byOrder(Date.parse(a.finishedAt), Date.parse(b.finishedAt)),
  protocol: (a, b) => byOrder(a.protocol, b.protocol),
  dataset: (a, b) => byOrder(a.cell.dataset, b.cell.dataset),
  method: (a, b) => byOrder(a.cell.methodLabel, b.cell.methodLabel),
  seed: (a, b) => a.cell.seed - b.cell.seed,
};

const byOrder = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
