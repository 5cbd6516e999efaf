/** Trainable parameters against FID: one point per method, the question of the benchmark in one picture. */
import type { ChartConfiguration } from "chart.js";
import { byText } from "../comparable.ts";
import type { Comparison, MethodRow } from "../comparison.ts";
import { formatTick, listing, plural } from "../format.ts";
import { seedsText } from "../wording.ts";
import { type Axis, linearAxis, logAxis } from "./axes.ts";
import { headline, plainScale } from "./chart-options.ts";
import { type Floor, marks, type Point } from "./marks.ts";
import { type ChartFormat, render } from "./render.ts";
import { ink, palette, type Shape, shapes } from "./style.ts";

const size = { width: 960, height: 600 };
const pointRadius = 6;
/** Shapes of equal radius do not look equally large; these factors make their areas about equal. */
const shapeScale: Record<Shape, number> = { circle: 1, rect: 1.25, triangle: 1.3, rectRot: 1.25 };

/**
 * Average FID over trainable parameters (logarithmic), with 95 % intervals, and the base model without fine-tuning as a
 * dashed line. Methods without an average are named beneath the title instead of drawn. Same comparison, same bytes.
 */
export async function parametersChart(
  comparison: Comparison,
  { format }: { format: ChartFormat },
): Promise<Uint8Array> {
  const points = toPoints(comparison.rows);
  const yAxis = fidAxis(points, comparison.floor.average?.interval ?? null);
  const floor = toFloor(comparison.floor.average?.mean ?? null, yAxis);
  const xAxis = logAxis(points.length > 0 ? points.map((point) => point.x) : [1e4, 1e6]);
  const yTitle = comparison.datasets.length === 1 ? "FID, lower is better" : "Average FID, lower is better";
  const title = "Trainable parameters against FID";
  const configuration: ChartConfiguration<"scatter"> = {
    type: "scatter",
    data: {
      datasets: points.map((point) => ({
        data: [{ x: point.x, y: point.y }],
        pointRadius: point.radius * shapeScale[point.shape],
        pointStyle: point.shape,
        backgroundColor: point.colour,
        borderColor: "white",
        borderWidth: 1.25,
      })),
    },
    options: {
      layout: { padding: { top: 18, right: 28, bottom: 14, left: 14 } },
      plugins: headline(title, subtitle(comparison), size.width),
      scales: {
        x: { type: "logarithmic", ...plainScale("Trainable parameters", xAxis, formatTick) },
        y: {
          type: "linear",
          ...plainScale(yTitle, yAxis, String),
        },
      },
    },
    plugins: [marks(points, floor)],
  };
  return render(configuration, size, format, title);
}

function toPoints(rows: readonly MethodRow[]): Point[] {
  // Colours by the order of the labels, so that a method keeps its own when the results change.
  const coloured = rows
    .filter((row) => !row.ceiling)
    .map((row) => row.label)
    .sort(byText);
  const points = rows.flatMap(({ average, ceiling, label, trainable }) => {
    if (average === null) return [];
    const place = coloured.indexOf(label);
    const point: Point = {
      label,
      x: Math.max(1, trainable.mean), // nothing trained has no place on a logarithmic axis
      y: average.mean,
      interval: average.interval,
      radius: pointRadius,
      colour: ceiling ? ink : palette[place % palette.length]!,
      shape: ceiling ? "rectRot" : shapes[Math.floor(place / palette.length) % shapes.length]!,
    };
    return [point];
  });
  // Points on the same spot become rings around one another, so that each can be seen: the first is drawn on top.
  return points.map((point, index) => {
    const beneath = points.slice(0, index).filter((other) => isOnSameSpot(point, other)).length;
    return { ...point, radius: pointRadius + 4 * beneath };
  });
}

function isOnSameSpot(a: Point, b: Point): boolean {
  return Math.abs(a.x / b.x - 1) < 0.02 && Math.abs(a.y - b.y) < 0.01 * Math.abs(b.y);
}

/** Holds the points with their intervals, and the floor too unless that would press them together. */
function fidAxis(points: readonly Point[], floor: readonly [number, number] | null): Axis {
  const values = points.flatMap((point) => [point.y, ...point.interval]);
  if (values.length === 0) return linearAxis([0, floor?.[1] ?? 100]);
  if (floor === null) return linearAxis(values);
  const span = Math.max(...values) - Math.min(...values);
  const whole = Math.max(...values, ...floor) - Math.min(...values, ...floor);
  return linearAxis(span >= 0.12 * whole || points.length === 1 ? [...values, ...floor] : values);
}

function toFloor(fid: number | null, axis: Axis): Floor | null {
  if (fid === null) return null;
  return { fid, beyond: fid > axis.max ? "above" : fid < axis.min ? "below" : null };
}

function subtitle(comparison: Comparison): string[] {
  const { datasets, rows, records, noise, miniature } = comparison;
  const extractor = records.find((record) => record.metrics !== null)?.metrics?.extractor;
  const over = datasets.length === 1 ? datasets[0]!.title : `Average over ${plural(datasets.length, "dataset")}`;
  const bars = noise === "seeds" ? "the spread over seeds" : "the finite number of samples";
  const missing = rows.filter((row) => row.average === null).map((row) => row.label);
  return [
    `${over}, ${seedsText(comparison)}. Bars: 95 % intervals from ${bars}. Protocol ${comparison.protocol}.`,
    miniature
      ? `Miniatures: distances by the small extractor ${extractor ?? "of the recipe"}, never to be compared with published FIDs.`
      : `Distances by the extractor ${extractor ?? "of the recipe"}.`,
    ...(missing.length > 0 ? [`Not drawn, because a dataset is missing or diverged: ${listing(missing)}.`] : []),
  ];
}
