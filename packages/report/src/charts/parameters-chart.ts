// Draws the main chart: average FID over the number of trainable parameters, one point per method.

import { printable, quantity } from "@dit-bench/text";
import type { ChartConfiguration } from "chart.js";
import type { Comparison, MethodRow } from "../comparison.ts";
import { formatTick, joinWithAnd } from "../format.ts";
import type { ScoreRow } from "../scores.ts";
import { mean } from "../statistics.ts";
import { seedsText } from "../wording.ts";
import { type Axis, linearAxis, logAxis } from "./axes.ts";
import { scaleOptions, titleOptions } from "./chart-options.ts";
import { type BaseLine, marksPlugin, type Point, pointRadius } from "./marks.ts";
import { methodMarks } from "./method-marks.ts";
import { type ChartFormat, render } from "./render.ts";
import type { Shape } from "./style.ts";

const size = { width: 960, height: 600 };
/** Factors on the radius that make the areas of the shapes about equal. */
const shapeScale: Record<Shape, number> = { circle: 1, rect: 1.25, triangle: 1.3, rectRot: 1.25 };

/**
 * Average FID over trainable parameters (logarithmic axis), with 95 % intervals, the single seeds, and the base model
 * without fine-tuning as a dashed line. Methods without an average are named below the title. Equal comparisons give
 * equal bytes.
 */
export async function parametersChart(
  comparison: Comparison,
  { format }: { format: ChartFormat },
): Promise<Uint8Array> {
  const points = toPoints(comparison.rows);
  const baseAverage = comparison.base.average;
  const yAxis = fidAxis(points, baseAverage && (baseAverage.interval ?? [baseAverage.mean, baseAverage.mean]));
  const base = toBaseLine(baseAverage?.mean ?? null, yAxis);
  const xAxis = logAxis(points.length > 0 ? points.map((point) => point.x) : [1e4, 1e6]);
  const yTitle = comparison.datasets.length === 1 ? "FID, lower is better" : "Average FID, lower is better";
  const title = "FID against trainable parameters";
  const configuration: ChartConfiguration<"scatter"> = {
    type: "scatter",
    data: {
      datasets: points.map(({ x, y, radius, mark }) => ({
        data: [{ x, y }],
        pointRadius: radius * shapeScale[mark.shape] - (mark.hollow ? 1 : 0),
        pointStyle: mark.shape,
        backgroundColor: mark.hollow ? "white" : mark.colour,
        borderColor: mark.hollow ? mark.colour : "white",
        borderWidth: mark.hollow ? 2 : 1.25,
      })),
    },
    options: {
      layout: { padding: { top: 18, right: 28, bottom: 14, left: 14 } },
      plugins: titleOptions(title, subtitle(comparison, points), size.width),
      scales: {
        x: { type: "logarithmic", ...scaleOptions("Trainable parameters", xAxis, formatTick) },
        y: { type: "linear", ...scaleOptions(yTitle, yAxis, String) },
      },
    },
    plugins: [marksPlugin(points, base)],
  };
  return render(configuration, size, format, title);
}

function toPoints(rows: readonly MethodRow[]): Point[] {
  const marks = methodMarks(rows); // for all rows, so that a method keeps its mark when another one gets an average
  const points = rows.flatMap((row, index): Point[] => {
    if (row.average === null) return [];
    return [
      {
        label: printable(row.label),
        // A logarithmic axis has no zero.
        x: Math.max(1, mean(row.records.map(({ parameters }) => parameters.trainable))),
        y: row.average.mean,
        interval: row.average.interval,
        basis: row.average.basis,
        seeds: seedAverages(row),
        radius: pointRadius,
        mark: marks[index]!,
      },
    ];
  });
  // Points at the same position get increasing radii, so that each is visible as a ring; the first is drawn on top.
  return points.map((point, index) => {
    const hiddenCount = points.slice(0, index).filter((other) => isOnSameSpot(point, other)).length;
    return { ...point, radius: pointRadius + 4 * hiddenCount };
  });
}

/** The average over datasets of each seed that every dataset has; empty if there is only one such seed. */
function seedAverages({ cells }: ScoreRow): number[] {
  const commonSeeds = cells[0]!.seeds.filter((seed) => cells.every((cell) => cell.seeds.includes(seed)));
  if (commonSeeds.length < 2) return [];
  return commonSeeds.map((seed) => mean(cells.map((cell) => cell.fids[cell.seeds.indexOf(seed)]!)));
}

/** Points nearer than 2 % in parameters and 1 % in FID cover each other. */
function isOnSameSpot(a: Point, b: Point): boolean {
  return Math.abs(a.x / b.x - 1) < 0.02 && Math.abs(a.y - b.y) < 0.01 * Math.abs(b.y);
}

/** An axis that contains points, intervals and seeds, and the base model if the points then keep most of the height. */
function fidAxis(points: readonly Point[], base: readonly [number, number] | null): Axis {
  const values = points.flatMap((point) => [point.y, ...(point.interval ?? []), ...point.seeds]);
  if (values.length === 0) return linearAxis([0, base?.[1] ?? 100]);
  if (base === null) return linearAxis(values);
  const span = Math.max(...values) - Math.min(...values);
  const fullSpan = Math.max(...values, ...base) - Math.min(...values, ...base);
  return linearAxis(span >= 0.6 * fullSpan || points.length === 1 ? [...values, ...base] : values);
}

function toBaseLine(fid: number | null, axis: Axis): BaseLine | null {
  if (fid === null) return null;
  return { fid, offAxisSide: fid > axis.max ? "above" : fid < axis.min ? "below" : null };
}

function subtitle(comparison: Comparison, points: readonly Point[]): string[] {
  const { datasets, rows, records, miniature } = comparison;
  const extractor = records.find((record) => record.metrics !== null)?.metrics?.extractor ?? "of the recipe";
  const scopeText = datasets.length === 1 ? datasets[0]!.title : `Average over ${quantity(datasets.length, "dataset")}`;
  const missingLabels = rows.filter((row) => row.average === null).map((row) => row.label);
  const seeds = points.some((point) => point.seeds.length > 0) ? " Small points: single seeds." : "";
  return [
    `${scopeText}, ${seedsText(comparison)}.${barsText(points)}${seeds} Protocol ${comparison.protocol}.`,
    miniature
      ? `Miniatures: FIDs use the small extractor ${extractor}; never compare them with published FIDs.`
      : `FIDs use the extractor ${extractor}.`,
    ...(missingLabels.length > 0
      ? [`Not shown, because a dataset is missing or a run diverged: ${joinWithAnd(missingLabels)}.`]
      : []),
  ];
}

/** A sentence with a space before it; empty if no point has a bar. */
function barsText(points: readonly Point[]): string {
  const bySeeds = "from the spread over seeds";
  const bySamples = "from the finite number of samples only, without the variation between runs";
  const bases = new Set(points.flatMap(({ interval, basis }) => (interval === null ? [] : [basis])));
  if (bases.size === 0) return "";
  if (bases.size === 2) return ` Bars: 95 % intervals, solid ${bySeeds}, dotted ${bySamples}.`;
  return bases.has("samples") ? ` Dotted bars: 95 % intervals ${bySamples}.` : ` Bars: 95 % intervals ${bySeeds}.`;
}
