// A chart of points with intervals, names, a Pareto front and the base model's line.

/** @import { Chart as ChartType, Plugin } from "chart.js" */
/** @import { Mark } from "../page-data.ts" */
/** @import { AxisData } from "./chart-parts.js" */

import { colourOf, moveByKeys, scaleOptions, tooltipOptions } from "./chart-parts.js";
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
  return {
    id: "decorations",
    beforeDatasetsDraw(chart) {
      drawBase(chart, plotOf());
      for (const point of plotOf().points) drawInterval(chart, point);
    },
    afterDatasetsDraw(chart) {
      if (plotOf().named) drawNames(chart, plotOf().points);
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

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */

/** Writes each name where it covers the least. @param {ChartType<"scatter">} chart @param {readonly Point[]} points */
function drawNames(chart, points) {
  const { ctx, scales, chartArea } = chart;
  if (!scales.x || !scales.y) return;
  const { x: xScale, y: yScale } = scales;
  ctx.save();
  ctx.font = `600 13px ${Chart.defaults.font.family}`;
  ctx.textBaseline = "middle";
  ctx.fillStyle = pageColour("--ink");
  const places = points.map(({ x, y }) => ({ x: xScale.getPixelForValue(x), y: yScale.getPixelForValue(y) }));
  /** @type {Box[]} */
  const taken = places.map(({ x, y }) => ({ left: x - 8, right: x + 8, top: y - 8, bottom: y + 8 }));
  for (const [index, { name }] of points.entries()) {
    const place = /** @type {{ x: number, y: number }} */ (places[index]);
    const width = ctx.measureText(name).width;
    const boxes = nameBoxes(place, width);
    const cost = (/** @type {Box} */ box) =>
      outside(box, chartArea) + taken.reduce((sum, other) => sum + overlap(box, other), 0);
    const best = boxes.reduce((least, box) => (cost(box) < cost(least) ? box : least));
    taken.push(best);
    ctx.fillText(name, best.left, (best.top + best.bottom) / 2);
  }
  ctx.restore();
}

/** Places for a name: right, left, above, below and at the corners. @param {{ x: number, y: number }} point */
function nameBoxes({ x, y }, /** @type {number} */ width) {
  const near = [
    [12, 0],
    [-12 - width, 0],
    [-width / 2, -18],
    [-width / 2, 18],
    [10, -14],
    [10, 14],
    [-10 - width, -14],
    [-10 - width, 14],
  ];
  return near.map(([dx = 0, dy = 0]) => ({ left: x + dx, right: x + dx + width, top: y + dy - 8, bottom: y + dy + 8 }));
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** @param {Box} box @param {Box} area */
function outside(box, area) {
  return (box.right - box.left) * (box.bottom - box.top) - overlap(box, area);
}
