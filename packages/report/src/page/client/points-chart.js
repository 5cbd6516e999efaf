// A chart of points with intervals, names, a Pareto front and the base model's line.

/** @import { Chart as ChartType, Plugin } from "chart.js" */
/** @import { Mark } from "../page-data.ts" */
/** @import { AxisData } from "./chart-parts.js" */
/** @import { Anchor, Box } from "./label-placement.js" */

import { colourOf, moveByKeys, scaleOptions, tooltipOptions } from "./chart-parts.js";
import { placeLabels } from "./label-placement.js";
import { figureParts } from "./readout.js";
import { onThemeChange, pageColour } from "./theme.js";

/**
 * @typedef {object} Point
 * @property {string} name
 * @property {string} group name of the method
 * @property {Mark} mark
 * @property {number} x
 * @property {number} y
 * @property {readonly [number, number] | null} interval of y
 * @property {boolean} samplesOnly true if the interval reflects the finite number of samples only: it is dotted
 * @property {string[]} lines values as text
 */
/**
 * @typedef {object} Plot
 * @property {AxisData} x
 * @property {AxisData} y
 * @property {Point[]} points
 * @property {Point[]} front points of the Pareto front, by x
 * @property {boolean} named true to write names beside the points; else a legend has them
 * @property {number | null} base y of the base model's line
 */

/**
 * @param {string} id of the figure
 * @returns {(plot: Plot) => void} shows a plot in place of the previous one
 */
export function pointsChart(id) {
  const parts = figureParts(id);
  /** @type {Plot} */
  let plot = { x: noAxis, y: noAxis, points: [], front: [], named: true, base: null };
  /** @type {Point[][]} */
  let series = [];
  const linesOf = (/** @type {number} */ dataset, /** @type {number} */ index) => {
    const point = series[dataset]?.[index];
    return point === undefined ? [] : [point.name, ...point.lines];
  };
  /** @type {ChartType<"scatter">} */
  const chart = new Chart(parts.canvas, {
    type: "scatter",
    data: { datasets: [] },
    plugins: [decorations(() => plot)],
  });
  moveByKeys(chart);

  const draw = () => {
    const groups = [...new Set(plot.points.map(({ group }) => group))];
    series = groups.map((group) => plot.points.filter((point) => point.group === group));
    chart.data.datasets = series.map((points) => seriesOf(points));
    if (plot.front.length > 1) {
      series.push([]);
      chart.data.datasets.push(frontSeries(plot.front));
    }
    chart.options = {
      scales: { x: scaleOptions(plot.x), y: scaleOptions(plot.y) },
      plugins: {
        legend: { display: !plot.named, labels: { usePointStyle: true, color: pageColour("--ink") } },
        tooltip: tooltipOptions(linesOf, parts.read),
      },
    };
    chart.update();
  };
  onThemeChange(draw);
  return (next) => {
    plot = next;
    draw();
  };
}

const noAxis = { title: "", logarithmic: false, values: [] };

/** @param {readonly Point[]} points of one method */
function seriesOf(points) {
  const { mark, group } = /** @type {Point} */ (points[0]);
  const colour = colourOf(mark);
  return {
    label: group,
    data: points.map(({ x, y }) => ({ x, y })),
    pointStyle: mark.shape,
    pointRadius: 6,
    pointHoverRadius: 8,
    pointHitRadius: 12,
    backgroundColor: mark.hollow ? pageColour("--paper") : colour,
    borderColor: colour,
    borderWidth: 2,
  };
}

/** @param {readonly Point[]} front */
function frontSeries(front) {
  const colour = pageColour("--quiet");
  return {
    label: "Pareto front",
    data: front.map(({ x, y }) => ({ x, y })),
    showLine: true,
    borderColor: colour,
    borderWidth: 1.5,
    borderDash: [2, 3],
    pointStyle: /** @type {const} */ ("line"),
    pointRadius: 0,
    pointHoverRadius: 0,
    pointHitRadius: 0,
    order: 1,
  };
}

/** @param {() => Plot} plotOf @returns {Plugin<"scatter">} */
function decorations(plotOf) {
  const writeNames = nameWriter();
  return {
    id: "decorations",
    beforeDatasetsDraw(chart) {
      drawBase(chart, plotOf());
      for (const point of plotOf().points) drawInterval(chart, point);
    },
    afterDatasetsDraw(chart) {
      if (plotOf().named) writeNames(chart, plotOf().points);
    },
  };
}

/** @param {ChartType<"scatter">} chart @param {Point} point */
function drawInterval({ ctx, scales }, { x, interval, samplesOnly, mark }) {
  if (interval === null || !scales.x || !scales.y) return;
  const middle = scales.x.getPixelForValue(x);
  const [bottom, top] = [scales.y.getPixelForValue(interval[0]), scales.y.getPixelForValue(interval[1])];
  ctx.save();
  ctx.strokeStyle = colourOf(mark);
  ctx.lineWidth = 1.5;
  ctx.setLineDash(samplesOnly ? [2, 2] : []);
  ctx.beginPath();
  ctx.moveTo(middle, top);
  ctx.lineTo(middle, bottom);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (const end of [top, bottom]) {
    ctx.moveTo(middle - 4, end);
    ctx.lineTo(middle + 4, end);
  }
  ctx.stroke();
  ctx.restore();
}

/** @param {ChartType<"scatter">} chart @param {Plot} plot */
function drawBase({ ctx, scales, chartArea }, { base }) {
  if (base === null || !scales.y || base > scales.y.max || base < scales.y.min) return;
  const y = scales.y.getPixelForValue(base);
  ctx.save();
  ctx.strokeStyle = pageColour("--quiet");
  ctx.fillStyle = pageColour("--quiet");
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(chartArea.left, y);
  ctx.lineTo(chartArea.right, y);
  ctx.stroke();
  ctx.font = `13px ${Chart.defaults.font.family}`;
  ctx.textAlign = "right";
  ctx.fillText("Base model", chartArea.right - 4, y - 5);
  ctx.restore();
}

const nameHeight = 16;
/** Half the side of a mark. */
const markReach = 8;

/**
 * Returns the function that writes each name where it covers nothing, with a line to its point if it is further away.
 * The places are computed once for each layout: a chart draws again for every point that is pointed at.
 *
 * @returns {(chart: ChartType<"scatter">, points: readonly Point[]) => void}
 */
function nameWriter() {
  let layout = "";
  /** @type {Box[]} */
  let boxes = [];
  return ({ ctx, scales, chartArea }, points) => {
    if (!scales.x || !scales.y) return;
    const { x: xScale, y: yScale } = scales;
    ctx.save();
    ctx.font = `600 13px ${Chart.defaults.font.family}`;
    ctx.textBaseline = "middle";
    const anchors = points.map(({ name, x, y }) => ({
      x: xScale.getPixelForValue(x),
      y: yScale.getPixelForValue(y),
      radius: markReach + 4,
      width: ctx.measureText(name).width,
      height: nameHeight,
    }));
    const obstacles = anchors.flatMap(({ x, y }, index) => [
      { left: x - markReach, right: x + markReach, top: y - markReach, bottom: y + markReach },
      ...barOf(x, /** @type {Point} */ (points[index]), yScale),
    ]);
    const { left, right, top, bottom } = chartArea;
    const next = JSON.stringify([anchors, obstacles, left, right, top, bottom]);
    if (next !== layout) {
      layout = next;
      boxes = placeLabels(anchors, obstacles, { left, right, top, bottom });
    }
    for (const [index, box] of boxes.entries()) {
      drawLeader(ctx, box, /** @type {Anchor} */ (anchors[index]));
      ctx.fillStyle = pageColour("--ink");
      ctx.fillText(/** @type {Point} */ (points[index]).name, box.left, (box.top + box.bottom) / 2);
    }
    ctx.restore();
  };
}

/**
 * The box of a point's interval, if it has one.
 *
 * @param {number} x
 * @param {Point} point
 * @param {{ getPixelForValue(value: number): number }} yScale
 * @returns {Box[]}
 */
function barOf(x, { interval }, yScale) {
  if (interval === null) return [];
  const [bottom, top] = [yScale.getPixelForValue(interval[0]), yScale.getPixelForValue(interval[1])];
  return [{ left: x - 4, right: x + 4, top, bottom }];
}

/**
 * A thin line from a point to its name, if the name is not next to it.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Box} box
 * @param {Anchor} anchor
 */
function drawLeader(ctx, box, { x, y, radius }) {
  const end = {
    x: Math.max(box.left, Math.min(box.right, x)),
    y: Math.max(box.top + 2, Math.min(box.bottom - 2, y)),
  };
  const distance = Math.hypot(end.x - x, end.y - y);
  if (distance < radius + 6) return;
  const start = markReach / distance;
  ctx.strokeStyle = pageColour("--quiet");
  ctx.lineWidth = 0.75;
  ctx.beginPath();
  ctx.moveTo(x + start * (end.x - x), y + start * (end.y - y));
  ctx.lineTo(end.x, end.y);
  ctx.stroke();
}
