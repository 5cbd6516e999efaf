// The columns of the table of methods. Every metric is a column; this file adds those that compare several runs, and
// decides which columns a table has. Markdown, LaTeX and the terminal print the same columns.

import type { RunRecord } from "@dit-bench/record";
import type { BaseRow, Comparison, MethodRow } from "./comparison.ts";
import { formatRatio, formatSignedPercent } from "./format.ts";
import { wasUnderLoad } from "./load.ts";
import { type Metric, metricNamed, metrics } from "./metrics.ts";
import { type Average, baseAverage, methodAverage } from "./scores.ts";
import { mean } from "./statistics.ts";

/** Printed if a value does not exist. */
export const gap = "–";
/** Printed after times that were measured while other processes used the machine. */
export const loadMark = "†";
/** Printed after intervals that reflect the finite number of samples only. */
export const samplesMark = "‡";

export interface Column {
  /** Name in `--columns`. */
  readonly name: string;
  heading(comparison: Comparison): string;
  /** Heading on a terminal of 80 columns. */
  short(comparison: Comparison): string;
  cell(row: MethodRow, comparison: Comparison): TableCell;
  /** The cell of a row of the base model. */
  base(row: BaseRow, comparison: Comparison): TableCell;
  /** Which number of the column is printed in bold; undefined for none. */
  readonly best?: "lower" | "higher";
  /** True for a mean over datasets. */
  readonly isScore?: boolean;
  /** True for a mean over runs. */
  readonly isCost?: boolean;
  /** Explanation below the table, a sentence without the heading; empty for none. */
  note(comparison: Comparison): string;
}

export interface TableCell {
  readonly text: string;
  /** The ends of the interval, formatted, and the mark behind it. */
  readonly interval?: { readonly low: string; readonly high: string; readonly mark: string };
  /** The number that is compared for the bold print; undefined where it is missing. */
  readonly value?: number;
}

const missing: TableCell = { text: gap };

/** Every column, in the order in which the help lists them. */
export const tableColumns: readonly Column[] = [
  {
    ...metricColumn(metricNamed("fid")),
    heading: ({ datasets }) => (datasets.length === 1 ? "FID" : "Average FID"),
    short: ({ datasets }) => (datasets.length === 1 ? "FID" : "Mean FID"),
  },
  {
    name: "rank",
    heading: () => "Rank",
    short: () => "Rank",
    cell: ({ rank }) => (rank === null ? missing : { text: String(rank) }),
    base: () => missing,
    note: () => "", // notes.ts explains ranks
  },
  ...metrics.filter(({ name }) => name !== "fid").map(metricColumn),
  {
    name: "relativeTime",
    heading: () => "Relative time",
    short: () => "Relative time",
    cell: ({ relativeTime }) => (relativeTime === null ? missing : { text: formatRatio(relativeTime) }),
    base: () => missing,
    note: ({ rows }) =>
      rows.some((row) => row.relativeTime !== null)
        ? "training time divided by that of full fine-tuning on the same dataset, seed, machine and engine; the " +
          "geometric mean of these pairs."
        : "unknown, because full fine-tuning has no run on the same dataset, seed, machine and engine.",
  },
  {
    name: "inferenceOverhead",
    heading: () => "Inference overhead",
    short: () => "Inference overhead",
    cell: ({ relativeSamplingTime: ratio }) =>
      ratio === null ? missing : { text: formatSignedPercent(100 * (ratio - 1)) },
    base: () => missing,
    note: ({ rows }) =>
      rows.some((row) => row.relativeSamplingTime !== null)
        ? "time of sampling over that of full fine-tuning, whose network is the base model's, on the same dataset, " +
          "seed, machine and engine; new weights are merged into the model where the method can merge them."
        : "unknown, because full fine-tuning has no run on the same dataset, seed, machine and engine.",
  },
];

/** A column of a table, and how important it is there. */
export interface ChosenColumn {
  readonly column: Column;
  /** A terminal that is too narrow drops the columns with the lowest number first. */
  readonly importance: number;
}

/** The columns of a table without `--columns`, with their importance. */
const defaultColumns: readonly { readonly name: string; readonly importance: number; readonly ifKnown?: true }[] = [
  { name: "fid", importance: Number.POSITIVE_INFINITY },
  { name: "rank", importance: 8 },
  { name: "heldOutFid", importance: 7.5, ifKnown: true },
  { name: "copyRate", importance: 3.5, ifKnown: true },
  { name: "trainableParameters", importance: 6 },
  { name: "trainablePercent", importance: 1 },
  { name: "storedBytes", importance: 4 },
  { name: "trainSeconds", importance: 7 },
  { name: "stepMilliseconds", importance: 3 },
  { name: "peakMemoryMB", importance: 2 },
  { name: "relativeTime", importance: 0 },
];

/** The importance of a metric's column in a list of single runs; undefined for metrics that the list does not show. */
export const defaultImportance = (name: string): number | undefined =>
  defaultColumns.find((chosen) => chosen.name === name)?.importance;

/**
 * The columns `names`, the first being the most important. Without names, the usual columns, and those of held-out
 * images if a run has them. Throws an Error for a name that no column has.
 */
export function chooseColumns(records: readonly RunRecord[], names?: readonly string[]): ChosenColumn[] {
  if (names !== undefined)
    return names.map((name, index) => ({ column: columnNamed(name), importance: names.length - index }));
  const isKnown = (name: string) => records.some((record) => metricNamed(name).value(record) !== undefined);
  return defaultColumns
    .filter(({ name, ifKnown }) => !ifKnown || isKnown(name))
    .map(({ name, importance }) => ({ column: columnNamed(name), importance }));
}

function columnNamed(name: string): Column {
  const column = tableColumns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`there is no column '${name}'`);
  return column;
}

/** Text of the mean over the runs that have a value, with a mark if one of their times was measured under load. */
export function meanText(metric: Metric, records: readonly RunRecord[]): string {
  const runs = records.filter((record) => metric.value(record) !== undefined);
  if (runs.length === 0) return gap;
  const mark = metric.timed && runs.some(wasUnderLoad) ? loadMark : "";
  return metric.format(mean(runs.map((record) => metric.value(record)!))) + mark;
}

function metricColumn(metric: Metric): Column {
  const heading = metric.heading ?? metric.title;
  const shared = {
    name: metric.name,
    heading: () => heading,
    short: () => metric.abbreviation ?? heading,
    note: () => metric.note ?? "",
  };
  if (metric.kind === "cost") {
    const { base } = metric;
    return {
      ...shared,
      isCost: true,
      cell: ({ records }) => ({ text: meanText(metric, records) }),
      base: ({ records }) => (base === undefined ? missing : { text: meanText({ ...metric, ...base }, records) }),
    };
  }
  return {
    ...shared,
    isScore: true,
    ...(metric.ordered === false ? {} : { best: metric.better }),
    cell: ({ records }, { datasets }) => averageCell(metric, methodAverage(records, metric, datasets)),
    base: ({ records }, { datasets }) => averageCell(metric, baseAverage(records, metric, datasets)),
  };
}

function averageCell(metric: Metric, found: Average | null): TableCell {
  if (found === null) return missing;
  const cell = { text: metric.format(found.mean), value: found.mean };
  if (found.interval === null) return cell;
  const [low, high] = found.interval.map((end) => metric.format(end)) as [string, string];
  return { ...cell, interval: { low, high, mark: found.basis === "samples" ? samplesMark : "" } };
}
