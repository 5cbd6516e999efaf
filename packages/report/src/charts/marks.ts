// Draws the marks around the points of the parameters chart: error bars, single seeds, the base model's line, labels.

import type { Chart, Plugin } from "chart.js";
import { formatFid } from "../format.ts";
import { type Anchor, type Box, overlap, placeLabels } from "../page/client/label-placement.js";
import type { IntervalBasis } from "../scores.ts";
import type { MethodMark } from "./method-marks.ts";
import { font, ink, quietInk } from "./style.ts";

/** Radius in pixels of a point that overlaps no other. */
export const pointRadius = 6;

/** One method in the chart. */
export interface Point {
  label: string;
  /** Trainable parameters. */
  x: number;
  /** Average FID. */
  y: number;
  /** Null for a point without an error bar. */
  interval: readonly [low: number, high: number] | null;
  basis: IntervalBasis;
  /** Average FID of each seed; empty if there is only one. */
  seeds: number[];
  /** Radius in pixels. */
  radius: number;
  mark: MethodMark;
}

/**
 * The base model as a line; `offAxisSide` is the side of the axis that the line lies beyond, null if it is on the axis.
 */
export interface BaseLine {
  fid: number;
  offAxisSide: "above" | "below" | null;
}

/** Draws error bars, seeds and the base model below the points, and labels above them. */
export function marksPlugin(points: readonly Point[], base: BaseLine | null): Plugin<"scatter"> {
  return {
    id: "marks",
    beforeDatasetsDraw(chart) {
      for (const point of points) {
        drawBar(chart, point);
        drawSeeds(chart, point);
      }
      if (base !== null && base.offAxisSide === null) drawBaseLine(chart, base.fid);
    },
    afterDatasetsDraw(chart) {
      if (points.length === 0) drawEmptyNotice(chart);
      drawLabels(chart, points, base);
    },
  };
}

const capWidth = 4; // half the width of an error bar's caps, in pixels

function drawBar(chart: Chart<"scatter">, point: Point): void {
  const { ctx } = chart;
  const [box] = barBoxes(chart, point);
  if (box === undefined) return;
  const { left, right, top, bottom } = box;
  const middle = (left + right) / 2;
  ctx.save();
  ctx.strokeStyle = point.mark.colour;
  ctx.lineWidth = 1.5;
  ctx.setLineDash(point.basis === "seeds" ? [] : [2, 2]);
  ctx.beginPath();
  ctx.moveTo(middle, top);
  ctx.lineTo(middle, bottom);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (const end of [top, bottom]) {
    ctx.moveTo(left, end);
    ctx.lineTo(right, end);
  }
  ctx.stroke();
  ctx.restore();
}

const seedRadius = 2.5;
const seedOffset = 12; // pixels to the right of the mean, so that neither hides the other

function drawSeeds(chart: Chart<"scatter">, point: Point): void {
  const { ctx } = chart;
  ctx.save();
  ctx.fillStyle = `${point.mark.colour}99`;
  for (const { x, y } of seedPositions(chart, point)) {
    ctx.beginPath();
    ctx.arc(x, y, seedRadius, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

function seedPositions({ scales }: Chart<"scatter">, { x, seeds, radius }: Point): { x: number; y: number }[] {
  const left = scales.x!.getPixelForValue(x) + seedOffset + radius - pointRadius;
  return seeds.map((fid) => ({ x: left, y: scales.y!.getPixelForValue(fid) }));
}

function seedBoxes(chart: Chart<"scatter">, point: Point): Box[] {
  return seedPositions(chart, point).map((position) => squareAround(position, seedRadius));
}

/** The box of the error bar; empty if the point has none. */
function barBoxes({ scales }: Chart<"scatter">, { x, interval }: Point): Box[] {
  if (interval === null) return [];
  const middle = scales.x!.getPixelForValue(x);
  const [bottom, top] = interval.map((end) => scales.y!.getPixelForValue(end)) as [number, number];
  return [{ left: middle - capWidth, right: middle + capWidth, top, bottom }];
}

function drawBaseLine({ ctx, scales, chartArea }: Chart<"scatter">, fid: number): void {
  const y = scales.y!.getPixelForValue(fid);
  ctx.save();
  ctx.strokeStyle = quietInk;
  ctx.lineWidth = 1.25;
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(chartArea.left, y);
  ctx.lineTo(chartArea.right, y);
  ctx.stroke();
  ctx.restore();
}

function drawEmptyNotice({ ctx, chartArea }: Chart<"scatter">): void {
  ctx.save();
  ctx.font = font(14);
  ctx.fillStyle = quietInk;
  ctx.textAlign = "center";
  const middle = [(chartArea.left + chartArea.right) / 2, (chartArea.top + chartArea.bottom) / 2] as const;
  ctx.fillText("No method has an average over the datasets yet", ...middle);
  ctx.restore();
}

const nameFont = font(14, "600");
const numberFont = font(13);
const labelHeight = 18;
const numberGap = 5; // between a name and its number
const edge = 4; // smallest gap between a label and the edge of the plot
const pointGap = 5; // smallest gap between a label and its point

function drawLabels(chart: Chart<"scatter">, points: readonly Point[], base: BaseLine | null): void {
  const { ctx, scales, chartArea } = chart;
  ctx.save();
  ctx.textBaseline = "middle";
  const bounds = {
    left: chartArea.left + edge,
    top: chartArea.top + edge,
    right: chartArea.right - edge,
    bottom: chartArea.bottom - edge,
  };
  const anchors: Anchor[] = points.map(({ label, x, y, radius }) => ({
    x: scales.x!.getPixelForValue(x),
    y: scales.y!.getPixelForValue(y),
    radius: radius + pointGap,
    width: widthOf(ctx, nameFont, label) + numberGap + widthOf(ctx, numberFont, formatFid(y)),
    height: labelHeight,
  }));
  const obstacles = points.flatMap((point, index) => [
    squareAround(anchors[index]!, point.radius),
    ...barBoxes(chart, point),
    ...seedBoxes(chart, point),
  ]);
  if (base !== null) obstacles.push(...drawBaseLabel(chart, base, obstacles, bounds));

  for (const [index, box] of placeLabels(anchors, obstacles, bounds).entries()) {
    const { label, y, radius } = points[index]!;
    drawLeader(ctx, box, anchors[index]!, radius);
    const middle = (box.top + box.bottom) / 2;
    drawText(ctx, nameFont, ink, label, box.left, middle);
    drawText(ctx, numberFont, quietInk, formatFid(y), box.left + widthOf(ctx, nameFont, label) + numberGap, middle);
  }
  ctx.restore();
}

/** A thin line from a point to its label, if the label is not next to it. */
function drawLeader(ctx: CanvasRenderingContext2D, box: Box, { x, y }: Anchor, radius: number): void {
  const end = {
    x: Math.max(box.left, Math.min(box.right, x)),
    y: Math.max(box.top + 2, Math.min(box.bottom - 2, y)),
  };
  const distance = Math.hypot(end.x - x, end.y - y);
  if (distance < radius + 2 * pointGap) return;
  const start = (radius + 1) / distance;
  ctx.save();
  ctx.strokeStyle = quietInk;
  ctx.lineWidth = 0.75;
  ctx.beginPath();
  ctx.moveTo(x + start * (end.x - x), y + start * (end.y - y));
  ctx.lineTo(end.x, end.y);
  ctx.stroke();
  ctx.restore();
}

/** Labels the base model's line at the end with the least overlap; returns the boxes that other labels must avoid. */
function drawBaseLabel(chart: Chart<"scatter">, base: BaseLine, obstacles: readonly Box[], bounds: Box): Box[] {
  const { ctx, scales, chartArea } = chart;
  const sideText = base.offAxisSide === null ? "" : `, ${base.offAxisSide} this chart`;
  const text = `Base model, not fine-tuned: ${formatFid(base.fid)}${sideText}`;
  const width = widthOf(ctx, numberFont, text);
  const line = scales.y!.getPixelForValue(base.fid);
  const tops =
    base.offAxisSide === "above"
      ? [bounds.top]
      : base.offAxisSide === "below"
        ? [bounds.bottom - labelHeight]
        : [line - 3 - labelHeight, line + 3];
  const boxes = tops.flatMap((top) =>
    [bounds.right - width, bounds.left].map((left) => ({ left, right: left + width, top, bottom: top + labelHeight })),
  );
  const cost = (box: Box) =>
    width * labelHeight - overlap(box, bounds) + obstacles.reduce((sum, obstacle) => sum + overlap(box, obstacle), 0);
  const box = boxes.reduce((best, other) => (cost(other) < cost(best) ? other : best));
  drawText(ctx, numberFont, quietInk, text, box.left, (box.top + box.bottom) / 2);
  if (base.offAxisSide !== null) return [box];
  return [box, { left: chartArea.left, right: chartArea.right, top: line - 1, bottom: line + 1 }];
}

function squareAround({ x, y }: { x: number; y: number }, reach: number): Box {
  return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
}

function widthOf(ctx: CanvasRenderingContext2D, textFont: string, text: string): number {
  ctx.font = textFont;
  return ctx.measureText(text).width;
}

/** Writes text with a white outline, so that it stays readable over grid lines. */
function drawText(ctx: CanvasRenderingContext2D, textFont: string, colour: string, text: string, x: number, y: number) {
  ctx.font = textFont;
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = "white";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}
