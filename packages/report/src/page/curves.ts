// The curves of the page: a quantity over the steps of training, one curve per method and dataset.

import type { RunRecord } from "@dit-bench/record";
import { type LossPoint, smooth } from "../charts/loss-curve.ts";
import type { Comparison } from "../comparison.ts";
import { mean } from "../statistics.ts";
import type { PageCurves } from "./page-data.ts";

interface CurveKind {
  title: string;
  note: string;
  /** Points of one run, in step order; empty if the run has none. */
  points(record: RunRecord): LossPoint[];
}

/** A further curve is one entry. Curves that no run has are left out. */
const kinds: readonly CurveKind[] = [
  {
    title: "FID during training",
    note: "Against the training images, from fewer samples than the final FID, so it is higher.",
    points: ({ training }) => finite(training.fid),
  },
  {
    title: "Held-out FID during training",
    note: "Against images that were not trained on. Where it rises while the FID falls, the method over-fits.",
    points: ({ training }) => finite(training.fid?.map(({ step, heldOut = null }) => ({ step, value: heldOut }))),
  },
  {
    title: "Loss on a fixed batch",
    note: "Loss of the averaged weights (EMA) on the same training images, timesteps and noise each time.",
    points: ({ training }) => finite(training.fixedBatchLoss),
  },
  {
    title: "Training loss",
    note: "Loss of each training batch, smoothed. Timesteps are random, so it varies more by chance than by learning.",
    points({ training }) {
      const losses = finite(training.loss);
      return smooth(losses, false, thinned(losses));
    },
  },
];

export function curves({ rows, datasets }: Comparison): PageCurves[] {
  return kinds
    .map(({ title, note, points }) => ({
      title,
      note,
      series: rows.flatMap(({ records }, method) =>
        datasets.flatMap(({ name }, dataset) => {
          const runs = records.filter(({ cell }) => cell.dataset === name).map(points);
          const averaged = averageCurve(runs.filter((run) => run.length > 0));
          return averaged.length === 0 ? [] : [{ method, dataset, points: averaged }];
        }),
      ),
    }))
    .filter(({ series }) => series.length > 0);
}

interface Measured {
  step: number;
  value: number | null;
}

function finite(losses: readonly Measured[] = []): LossPoint[] {
  return losses.flatMap(({ step, value }) => (value === null ? [] : [{ x: step, y: value }]));
}

/** At most about 100 of the points, evenly spaced, with the last one: smoothed curves have no finer detail. */
function thinned(points: readonly LossPoint[]): LossPoint[] {
  const stride = Math.ceil(points.length / 100);
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
}

/** Mean, lowest and highest value at the steps that all runs have. */
function averageCurve(runs: readonly LossPoint[][]): PageCurves["series"][number]["points"] {
  const valuesAt = new Map<number, number[]>();
  for (const { x, y } of runs.flat()) valuesAt.set(x, [...(valuesAt.get(x) ?? []), y]);
  return [...valuesAt]
    .filter(([, values]) => values.length === runs.length)
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => [step, round(mean(values)), round(Math.min(...values)), round(Math.max(...values))]);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
