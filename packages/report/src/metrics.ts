// The metrics of a run: scores and costs, each with its name, direction, and how it is read from a record. A new metric
// is one entry here; the report page takes its columns and the axes of its charts from this table.

import type { RunRecord } from "@dit-bench/record";
import { formatBytes, formatCount, formatFid, formatMilliseconds, formatSeconds } from "./format.ts";

export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly better: "lower" | "higher";
  readonly unit?: string;
  /** The value of one run; undefined if the run has none. */
  value(record: RunRecord): number | undefined;
  /** The interval of that value from the finite number of samples. */
  interval?(record: RunRecord): readonly [number, number] | undefined;
  /** Text of a value, with its unit. */
  format(value: number): string;
}

export const metrics: readonly Metric[] = [
  {
    name: "fid",
    title: "FID",
    better: "lower",
    value: ({ metrics }) => metrics?.fid,
    interval: ({ metrics }) => metrics?.fidInterval,
    format: formatFid,
  },
  { name: "kid", title: "KID", better: "lower", value: ({ metrics }) => metrics?.kid, format: formatScore },
  score("heldOutFid", "Held-out FID", "lower", formatFid),
  score("heldOutKid", "Held-out KID", "lower"),
  score("precision", "Precision", "higher"),
  score("recall", "Recall", "higher"),
  score("density", "Density", "higher"),
  score("coverage", "Coverage", "higher"),
  score("copyRate", "Copy rate", "lower"),
  {
    name: "trainable",
    title: "Trainable parameters",
    better: "lower",
    value: ({ parameters }) => parameters.trainable,
    format: formatCount,
  },
  cost(
    "stored",
    "Stored",
    "MB",
    ({ weights, parameters }) => (weights.trainedBytes ?? 4 * parameters.trainable) / 1e6,
    {
      format: (megabytes) => formatBytes(megabytes * 1e6),
    },
  ),
  cost("trainingTime", "Training time", "s", ({ times }) => times.train, { format: formatSeconds }),
  cost("step", "Time per step", "ms", (record) => record.stepMilliseconds, {
    format: (milliseconds) => `${formatMilliseconds(milliseconds)}\u00a0ms`,
  }),
  cost("memory", "Peak memory", "MB", (record) => record.peakMemoryMB, {
    format: (megabytes) => formatBytes(megabytes * 1e6),
  }),
];

/** A score of `metrics.scores`, which older records do not have. */
function score(name: string, title: string, better: Metric["better"], format = formatScore): Metric {
  const read = ({ metrics }: RunRecord) => (metrics as ScoredMetrics | null)?.scores?.[name];
  return {
    name,
    title,
    better,
    value: (record) => read(record)?.value,
    interval: (record) => read(record)?.interval,
    format,
  };
}

interface ScoredMetrics {
  readonly scores?: Readonly<Record<string, { value: number; interval?: readonly [number, number] }>>;
}

/** A cost of training; a diverged run has none. */
function cost(
  name: string,
  title: string,
  unit: string,
  value: (record: RunRecord) => number,
  { format }: Pick<Metric, "format">,
): Metric {
  return {
    name,
    title,
    unit,
    better: "lower",
    value: (record) => (record.exit === "finished" ? value(record) : undefined),
    format,
  };
}

function formatScore(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
