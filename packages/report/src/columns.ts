/**
 * The columns of a table that say what a method costs. An entry here is a column of the Markdown table, of the table on the
 * terminal and, where it has a value per run, of the CSV.
 */
import type { RunRecord } from "@dit-bench/record";
import type { MethodRow } from "./comparison.ts";
import { formatBytes, formatCount, formatMilliseconds, formatPercent, formatRatio, formatSeconds } from "./format.ts";
import { wasUnderLoad } from "./load.ts";
import { mean } from "./statistics.ts";

/** A value that does not exist. */
export const gap = "–";
/** Follows times that were measured while other processes used the machine. */
export const loadMark = "†";

export interface Column {
  heading: string;
  /** For a terminal of 80 columns. */
  short: string;
  /** A screen that is too narrow for all columns leaves out those with the lowest number first. */
  importance: number;
  text(row: MethodRow): string;
  /** In the row of the base model, which nothing was trained for. */
  base: string;
  /** The value of one run; null where it does not exist. */
  csv?: { name: string; value(record: RunRecord): number | null };
  /** What the heading cannot say, as a sentence below the table. */
  note: string | ((rows: readonly MethodRow[]) => string);
}

export const costColumns: readonly Column[] = [
  measured({
    heading: "Trainable",
    short: "Trained",
    importance: 6,
    name: "trainable_parameters",
    value: (record) => record.parameters.trainable,
    format: formatCount,
    base: "0",
    ofDiverged: true,
    note: "weights that were trained, the class embedding included, which grows with the classes of a dataset.",
  }),
  measured({
    heading: "of the model",
    importance: 1,
    name: "trainable_percent",
    value: ({ parameters }) => (100 * parameters.trainable) / parameters.model,
    format: formatPercent,
    base: formatPercent(0),
    ofDiverged: true,
  }),
  measured({
    heading: "Stored",
    importance: 4,
    name: "stored_bytes",
    value: ({ weights, parameters }) => weights.trainedBytes ?? 4 * parameters.trainable,
    format: formatBytes,
    note: "size of the file of trained weights; of runs that did not record it, 4 bytes a weight.",
  }),
  measured({
    heading: "Training",
    short: "Time",
    importance: 7,
    name: "train_seconds",
    value: ({ times }) => times.train,
    format: formatSeconds,
    timed: true,
    note: "time of all training steps, without sampling and scoring.",
  }),
  measured({
    heading: "ms/step",
    importance: 3,
    name: "step_milliseconds",
    value: (record) => record.stepMilliseconds,
    format: formatMilliseconds,
    timed: true,
    note: "median time of a training step.",
  }),
  measured({
    heading: "Memory",
    importance: 2,
    name: "peak_memory_mb",
    value: (record) => record.peakMemoryMB,
    format: (megabytes) => formatBytes(megabytes * 1e6),
    note: "highest resident memory of the process.",
  }),
  {
    heading: "Relative time",
    short: "Relative time",
    importance: 0,
    text: ({ relativeTime }) => (relativeTime === null ? gap : formatRatio(relativeTime)),
    base: gap,
    note: (rows) =>
      rows.some((row) => row.relativeTime !== null)
        ? "training time relative to full fine-tuning of the same dataset and seed with the same machine and engine."
        : "not known: full fine-tuning has no run on the same dataset, seed, machine and engine.",
  },
];

interface Measured {
  heading: string;
  short?: string;
  importance: number;
  /** In the CSV. */
  name: string;
  value(record: RunRecord): number;
  format(mean: number): string;
  note?: string;
  base?: string;
  /** True for a time, which other processes on the machine change. */
  timed?: boolean;
  /** True for a value that a diverged run has, too. */
  ofDiverged?: boolean;
}

/** A value of each run; tables have its mean over the runs of a row. */
function measured({ name, value, format, timed, ofDiverged, ...rest }: Measured): Column {
  const exists = (record: RunRecord) => ofDiverged === true || record.exit === "finished";
  return {
    short: rest.heading,
    base: gap,
    note: "",
    ...rest,
    text({ records }) {
      const runs = records.filter(exists);
      if (runs.length === 0) return gap;
      return format(mean(runs.map(value))) + (timed && runs.some(wasUnderLoad) ? loadMark : "");
    },
    csv: { name, value: (record) => (exists(record) ? value(record) : null) },
  };
}
