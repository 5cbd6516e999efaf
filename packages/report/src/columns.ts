// The columns of the table of methods that come after FID and rank. One entry here is a column of the Markdown table,
// of the terminal table and, where it has a value per run, of the CSV. A new cost or a new metric is one entry.

import type { RunRecord } from "@dit-bench/record";
import type { MethodRow } from "./comparison.ts";
import { formatBytes, formatCount, formatMilliseconds, formatPercent, formatRatio, formatSeconds } from "./format.ts";
import { wasUnderLoad } from "./load.ts";
import { mean } from "./statistics.ts";

/** Printed if a value does not exist. */
export const gap = "–";
/** Printed after times that were measured while other processes used the machine. */
export const loadMark = "†";

export interface Column {
  heading: string;
  /** Heading on a terminal of 80 columns. */
  short: string;
  /** A terminal that is too narrow drops the columns with the lowest number first. */
  importance: number;
  /** Text of a method's cell. */
  text(row: Pick<MethodRow, "records" | "relativeTime">): string;
  /** Text of the base model's cell. */
  base: string;
  /** Column of the CSV; `value` is that of one run, null if the run has none. */
  csv?: { name: string; value(record: RunRecord): number | null };
  /** Explanation below the table, a sentence without the heading; empty for none. */
  note: string | ((rows: readonly MethodRow[]) => string);
}

export const tableColumns: readonly Column[] = [
  meanColumn({
    heading: "Trainable",
    short: "Trained",
    importance: 6,
    name: "trainable_parameters",
    value: (record) => record.parameters.trainable,
    format: formatCount,
    base: "0",
    note: "number of trained weights; includes the class embedding, whose size depends on the number of classes.",
  }),
  meanColumn({
    heading: "Share of model",
    short: "Model share",
    importance: 1,
    name: "trainable_percent",
    value: ({ parameters }) => (100 * parameters.trainable) / parameters.model,
    format: formatPercent,
    base: formatPercent(0),
  }),
  meanColumn({
    heading: "Stored",
    importance: 4,
    name: "stored_bytes",
    value: forFinishedRuns(({ weights, parameters }) => weights.trainedBytes ?? 4 * parameters.trainable),
    format: formatBytes,
    note: "size of the file of trained weights; 4 bytes per weight for runs that did not record the size.",
  }),
  meanColumn({
    heading: "Training",
    short: "Time",
    importance: 7,
    name: "train_seconds",
    value: forFinishedRuns(({ times }) => times.train),
    format: formatSeconds,
    timed: true,
    note: "time of all training steps, without sampling and scoring.",
  }),
  meanColumn({
    heading: "ms/step",
    importance: 3,
    name: "step_milliseconds",
    value: forFinishedRuns((record) => record.stepMilliseconds),
    format: formatMilliseconds,
    timed: true,
    note: "median time of a training step.",
  }),
  meanColumn({
    heading: "Memory",
    importance: 2,
    name: "peak_memory_mb",
    value: forFinishedRuns((record) => record.peakMemoryMB),
    format: (megabytes) => formatBytes(megabytes * 1e6),
    note: "peak resident memory of the process.",
  }),
  {
    heading: "Relative time",
    short: "Relative time",
    importance: 0,
    text: ({ relativeTime }) => (relativeTime === null ? gap : formatRatio(relativeTime)),
    base: gap,
    note: (rows) =>
      rows.some((row) => row.relativeTime !== null)
        ? "training time divided by that of full fine-tuning on the same dataset, seed, machine and engine."
        : "unknown, because full fine-tuning has no run on the same dataset, seed, machine and engine.",
  },
];

interface MeanColumn {
  heading: string;
  short?: string;
  importance: number;
  /** Name in the CSV. */
  name: string;
  /** Value of one run; null if the run has none. */
  value(record: RunRecord): number | null;
  /** Text of the mean over a row's runs. */
  format(mean: number): string;
  note?: string;
  base?: string;
  /** True for a duration, which other processes on the machine lengthen. */
  timed?: boolean;
}

/** A column with a value per run; the tables print the mean over the runs of a row that have one. */
function meanColumn({ name, value, format, timed, ...rest }: MeanColumn): Column {
  return {
    short: rest.heading,
    base: gap,
    note: "",
    ...rest,
    text({ records }) {
      const runs = records.filter((record) => value(record) !== null);
      if (runs.length === 0) return gap;
      const mark = timed && runs.some(wasUnderLoad) ? loadMark : "";
      return format(mean(runs.map((record) => value(record)!))) + mark;
    },
    csv: { name, value },
  };
}

/** A value that a diverged run does not have. */
function forFinishedRuns(value: (record: RunRecord) => number): (record: RunRecord) => number | null {
  return (record) => (record.exit === "finished" ? value(record) : null);
}
