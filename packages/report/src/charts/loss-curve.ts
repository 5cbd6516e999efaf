// Draws the loss curve of one run: loss over training steps.

import type { RunRecord } from "@dit-bench/record";
import { printable } from "@dit-bench/text";
import type { ChartConfiguration, ChartDataset, Plugin } from "chart.js";
import { formatTick } from "../format.ts";
import { type Axis, linearAxis, logAxis } from "./axes.ts";
import { scaleOptions, titleOptions } from "./chart-options.ts";
import { type ChartFormat, render } from "./render.ts";
import { font, lineColour, quietInk, warningColour } from "./style.ts";

const size = { width: 800, height: 420 };

/** If a larger share of the training losses is outside the axis, none are shown: the rest would mislead. */
const mostOutsideShare = 0.25;

export interface LossPoint {
  x: number;
  y: number;
}

/**
 * A line for the loss of the averaged weights (EMA) on a fixed batch: the same images, timesteps and noise at each
 * evaluation. Behind it, points for the training loss of each batch, if both fit one axis: the choice of timesteps
 * often changes the training loss more than learning does. A record without fixed-batch losses gets a smoothed line of
 * the training losses. The last step of a diverged run is marked. Equal records give equal bytes.
 */
export async function lossCurve(record: RunRecord, format: ChartFormat): Promise<Uint8Array> {
  const { cell, training, exit } = record;
  const points = finiteLosses(training.loss);
  const fixedPoints = finiteLosses(training.fixedBatchLoss ?? []);
  const losses = [...points, ...fixedPoints].map((point) => point.y);
  const logarithmic = spansDecades(losses);
  const fullAxis = lossAxis(points, fixedPoints, logarithmic);
  const outsideCount = points.filter(({ y }) => y < fullAxis.min || y > fullAxis.max).length;
  const shownPoints = outsideCount > mostOutsideShare * points.length ? [] : points;
  const yAxis = shownPoints.length > 0 ? fullAxis : lossAxis([], fixedPoints, logarithmic);
  const title = `${fixedPoints.length > 0 ? "Loss" : "Training loss"}: ${cell.methodLabel} on ${cell.datasetTitle}`;
  const configuration: ChartConfiguration<"scatter"> = {
    type: "scatter",
    data: {
      datasets:
        fixedPoints.length > 0 ? fixedBatchSeries(fixedPoints, shownPoints) : trainingSeries(points, logarithmic),
    },
    options: {
      layout: { padding: { top: 18, right: 28, bottom: 14, left: 14 } },
      plugins: titleOptions(
        title,
        subtitle(record, { points, outsideCount, fixedPoints, showsBatches: shownPoints.length > 0 }),
        size.width,
      ),
      scales: {
        x: { type: "linear", ...scaleOptions("Training step", stepAxis(training.steps), formatTick) },
        y: {
          type: logarithmic ? "logarithmic" : "linear",
          ...scaleOptions("Loss", yAxis, logarithmic ? formatLoss : String),
        },
      },
    },
    plugins: exit === "diverged" ? [divergencePlugin(training.steps)] : [],
  };
  return render(configuration, size, format, printable(title));
}

function finiteLosses(losses: readonly { step: number; value: number | null }[]): LossPoint[] {
  return losses.flatMap(({ step, value }) => (value === null ? [] : [{ x: step, y: value }]));
}

type Series = ChartDataset<"scatter">;

/** The first series is drawn on top. */
function fixedBatchSeries(fixedPoints: LossPoint[], points: LossPoint[]): Series[] {
  return [
    {
      data: fixedPoints,
      showLine: true,
      pointRadius: 3,
      pointBackgroundColor: lineColour,
      pointBorderWidth: 0,
      borderColor: lineColour,
      borderWidth: 2.25,
      clip: 4,
    },
    { data: points, pointRadius: 1.75, backgroundColor: `${quietInk}59`, borderWidth: 0, clip: 0 },
  ];
}

function trainingSeries(points: LossPoint[], logarithmic: boolean): Series[] {
  return [
    {
      data: smooth(points, logarithmic),
      showLine: true,
      pointRadius: 0,
      borderColor: lineColour,
      borderWidth: 2.25,
    },
    { data: points, pointRadius: 2, backgroundColor: `${lineColour}59`, borderWidth: 0, clip: 4 },
  ];
}

interface ShownLosses {
  points: readonly LossPoint[];
  fixedPoints: readonly LossPoint[];
  /** Number of points outside the axis. */
  outsideCount: number;
  /** True if the training losses of the batches are shown. */
  showsBatches: boolean;
}

function subtitle(
  { training, recipe, cell }: RunRecord,
  { points, outsideCount, fixedPoints, showsBatches }: ShownLosses,
): string[] {
  const run = `Recipe ${recipe}, seed ${cell.seed}, batch ${training.batch}.`;
  if (fixedPoints.length === 0) return [`${run} Points: the recorded losses. Line: smoothed.`];
  const line = `${run} Line: loss of the averaged weights (EMA) on a fixed batch of training images.`;
  if (!showsBatches)
    return [`${line} The training losses of single batches do not fit this chart; the record has them.`];
  const hidden = outsideCount > 0 ? `, ${outsideCount} of ${points.length} points outside this chart` : "";
  return [`${line} Grey: training loss of each batch${hidden}.`];
}

/**
 * An axis that contains all losses, unless the fixed-batch line would then look flat. In that case it contains the line
 * and the middle 80 % of the training losses, cut so that the line keeps at least a third of the height.
 */
function lossAxis(points: readonly LossPoint[], fixedPoints: readonly LossPoint[], logarithmic: boolean): Axis {
  const losses = [...points, ...fixedPoints].map((point) => point.y);
  if (logarithmic) return logAxis(losses);
  if (losses.length === 0) return linearAxis([0, 1]);
  const line = fixedPoints.map((point) => point.y);
  const [low, high] = [Math.min(...line), Math.max(...line)];
  const height = high - low;
  if (line.length < 2 || height === 0 || height > 0.4 * (Math.max(...losses) - Math.min(...losses)))
    return linearAxis(losses);
  const sorted = points.map((point) => point.y).sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? low;
  return linearAxis([
    Math.min(low, Math.max(quantile(0.1), low - height)),
    Math.max(high, Math.min(quantile(0.9), high + height)),
  ]);
}

/** True if the losses need a logarithmic axis: on a linear one, an exploding loss hides everything before it. */
function spansDecades(losses: readonly number[]): boolean {
  const sorted = [...losses].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median !== undefined && sorted[0]! > 0 && sorted.at(-1)! / median > 10;
}

function formatLoss(value: number): string {
  return value < 1000 ? String(value) : value.toExponential(0).replace("+", "");
}

function stepAxis(steps: number) {
  const axis = linearAxis([0, Math.max(1, steps) / 1.06]);
  return { ...axis, max: Math.max(1, steps), ticks: axis.ticks.filter((tick) => tick <= steps) };
}

/**
 * Kernel average (Nadaraya 1964, Watson 1964) with a Gaussian whose standard deviation is 1/40 of the steps; centred,
 * so it does not lag. On a logarithmic axis it averages logarithms, so that one huge loss does not dominate its
 * neighbours.
 *
 * @param at where to compute the average: all points, or some of them
 */
export function smooth(points: readonly LossPoint[], logarithmic: boolean, at = points): LossPoint[] {
  const width = ((points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0)) / 40 || 1;
  return at.map(({ x }) => {
    let sum = 0;
    let total = 0;
    for (const point of points) {
      const distance = (point.x - x) / width;
      if (Math.abs(distance) > 6) continue; // the weight is below 2e-8
      const weight = Math.exp(-0.5 * distance ** 2);
      sum += weight * (logarithmic ? Math.log(point.y) : point.y);
      total += weight;
    }
    return { x, y: logarithmic ? Math.exp(sum / total) : sum / total };
  });
}

function divergencePlugin(step: number): Plugin<"scatter"> {
  return {
    id: "divergence",
    afterDatasetsDraw({ ctx, scales, chartArea }) {
      const x = scales.x!.getPixelForValue(step);
      ctx.save();
      ctx.strokeStyle = warningColour;
      ctx.fillStyle = warningColour;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.font = font(13, "600");
      ctx.textAlign = "right";
      ctx.textBaseline = "top";
      ctx.fillText(`diverged at step ${step}`, x - 8, chartArea.top + 6);
      ctx.restore();
    },
  };
}
