// The metrics of a run: scores of its samples and costs. Each entry is a column that tables, the CSV and
// `bench list runs` can show, and an axis that charts can have.

import type { RunRecord } from "@dit-bench/record";
import {
  formatBytes,
  formatCount,
  formatDecimals,
  formatFid,
  formatMilliseconds,
  formatPercent,
  formatSeconds,
} from "./format.ts";

export interface Metric {
  /** Name on the command line and in JSON, such as `heldOutFid`. The column of the CSV is `held_out_fid`. */
  readonly name: string;
  /** Name in texts and on axes, such as `Trainable parameters`. */
  readonly title: string;
  /** Heading of a column, if the title is too long. */
  readonly heading?: string;
  /** Heading on a terminal of 80 columns, if the other heading is too long. */
  readonly abbreviation?: string;
  /**
   * `score`: of the samples of a run. It depends on the dataset, so its mean counts every dataset once.
   * `cost`: of a run. Its mean is taken over the runs that have it.
   */
  readonly kind: "score" | "cost";
  /** Order of lists; unless `ordered` is false, also which number is the best. */
  readonly better: "lower" | "higher";
  /** False if neither a lower nor a higher value is the better one: no number is printed in bold. */
  readonly ordered?: false;
  /** The least and the largest value of a score. Intervals are cut there; undefined for a score without bounds. */
  readonly bounds?: readonly [least: number, most: number];
  /** Unit of `value`; undefined for a number without unit. */
  readonly unit?: string;
  /** Value of one run; undefined if the run has none. */
  value(record: RunRecord): number | undefined;
  /** Interval of the value of one run at the level `intervalLevel` of the record. */
  interval?(record: RunRecord): readonly [number, number] | undefined;
  /** The value of the base model without fine-tuning, as the run recorded it. */
  readonly base?: Pick<Metric, "value" | "interval">;
  format(value: number): string;
  /** Explanation below a table: a sentence without the heading. */
  readonly note?: string;
  /** True for a duration, which other processes on the machine lengthen. */
  readonly timed?: true;
}

const share = [0, 1] as const;
const nonNegative = [0, Number.POSITIVE_INFINITY] as const;

export const metrics: readonly Metric[] = [
  {
    name: "fid",
    title: "FID",
    kind: "score",
    better: "lower",
    bounds: nonNegative,
    value: (record) => record.metrics?.fid,
    interval: (record) => record.metrics?.fidInterval,
    base: {
      value: (record) => record.metrics?.baseFid,
      interval: (record) => record.metrics?.baseFidInterval,
    },
    format: formatFid,
  },
  {
    name: "kid",
    title: "KID",
    kind: "score",
    better: "lower",
    value: (record) => record.metrics?.kid,
    base: { value: (record) => record.metrics?.baseKid },
    format: (value) => formatDecimals(value, 4),
    note: "kernel inception distance, unbiased, with a polynomial kernel of degree 3.",
  },
  {
    ...score("heldOutFid"),
    title: "Held-out FID",
    better: "lower",
    bounds: nonNegative,
    format: formatFid,
    note: "FID against images that were not trained on.",
  },
  {
    ...score("heldOutKid"),
    title: "Held-out KID",
    better: "lower",
    format: (value) => formatDecimals(value, 4),
    note: "KID against images that were not trained on.",
  },
  {
    ...score("copyRate"),
    title: "Copy rate",
    better: "lower",
    ordered: false,
    bounds: share,
    format: (value) => formatPercent(100 * value),
    note:
      "share of the samples nearer to a training image than 95 % of the held-out images; 5 % without copies, so the " +
      "lowest rate is not the best, and none is in bold.",
  },
  {
    ...score("precision"),
    title: "Precision",
    better: "higher",
    bounds: share,
    format: (value) => value.toFixed(3),
    note: "share of the samples that lie within the real images' neighbourhoods in feature space.",
  },
  {
    ...score("recall"),
    title: "Recall",
    better: "higher",
    bounds: share,
    format: (value) => value.toFixed(3),
    note: "share of the real images that lie within the samples' neighbourhoods in feature space.",
  },
  {
    ...score("density"),
    title: "Density",
    better: "higher",
    bounds: nonNegative,
    format: (value) => value.toFixed(3),
    note: "how many neighbourhoods of real images hold a sample, over the expected number.",
  },
  {
    ...score("coverage"),
    title: "Coverage",
    better: "higher",
    bounds: share,
    format: (value) => value.toFixed(3),
    note: "share of the real images whose neighbourhood holds a sample.",
  },
  {
    name: "trainableParameters",
    title: "Trainable parameters",
    heading: "Trainable",
    abbreviation: "Trained",
    kind: "cost",
    better: "lower",
    value: (record) => record.parameters.trainable,
    base: { value: () => 0 },
    format: formatCount,
    note: "number of trained weights; includes the class embedding, whose size depends on the number of classes.",
  },
  {
    name: "trainablePercent",
    title: "Share of model",
    abbreviation: "Model share",
    kind: "cost",
    better: "lower",
    unit: "%",
    value: ({ parameters }) => (100 * parameters.trainable) / parameters.model,
    base: { value: () => 0 },
    format: formatPercent,
  },
  {
    name: "storedBytes",
    title: "Stored size",
    heading: "Stored",
    kind: "cost",
    better: "lower",
    unit: "bytes",
    value: ifFinished(({ weights, parameters }) => weights.trainedBytes ?? 4 * parameters.trainable),
    format: formatBytes,
    note: "size of the file of trained weights; 4 bytes per weight for runs that did not record the size.",
  },
  {
    name: "trainSeconds",
    title: "Training time",
    heading: "Training",
    abbreviation: "Time",
    kind: "cost",
    better: "lower",
    unit: "s",
    value: ifFinished(({ times }) => times.train),
    format: formatSeconds,
    timed: true,
    note: "time of all training steps, without sampling and scoring.",
  },
  {
    name: "stepMilliseconds",
    title: "Step time",
    heading: "ms/step",
    kind: "cost",
    better: "lower",
    unit: "ms",
    value: ifFinished((record) => record.stepMilliseconds),
    format: formatMilliseconds,
    timed: true,
    note: "median time of a training step.",
  },
  {
    name: "peakMemoryMB",
    title: "Peak memory",
    heading: "Memory",
    kind: "cost",
    better: "lower",
    unit: "MB",
    value: ifFinished((record) => record.peakMemoryMB),
    format: (megabytes) => formatBytes(megabytes * 1e6),
    note: "peak resident memory of the process.",
  },
];

/** Throws an Error for a name that no metric has. */
export function metricNamed(name: string): Metric {
  const metric = metrics.find((candidate) => candidate.name === name);
  if (metric === undefined) throw new Error(`there is no metric '${name}'`);
  return metric;
}

/** Name of the metric's column in the CSV: `held_out_fid` for `heldOutFid`. */
export const csvName = ({ name }: Metric): string =>
  name.replaceAll(/[A-Z]+/g, (capitals) => `_${capitals}`).toLowerCase();

/** The part of an entry that reads the score `name` of a record. */
function score(name: string): Pick<Metric, "name" | "kind" | "value" | "interval"> {
  const read = ({ metrics }: RunRecord) => metrics?.scores?.[name];
  return {
    name,
    kind: "score",
    value: (record) => read(record)?.value,
    interval: (record) => read(record)?.interval,
  };
}

/** A value that a diverged run does not have. */
function ifFinished(value: (record: RunRecord) => number): (record: RunRecord) => number | undefined {
  return (record) => (record.exit === "finished" ? value(record) : undefined);
}
