// What the charts share: colours, axes, tooltips, and the keys that move between points.

/** @import { Chart as ChartType, ScaleOptionsByType, TooltipItem } from "chart.js" */
/** @import { Mark } from "../page-data.ts" */

import { formatTick } from "./format.js";
import { isDark, pageColour } from "./theme.js";

/** @typedef {{ title: string, logarithmic: boolean, values: readonly number[] }} AxisData */

/** @param {Mark} mark */
export const colourOf = (mark) => (isDark() ? mark.dark : mark.light);

/** Settings for all charts. */
export function startCharts() {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.interaction = { mode: "nearest", axis: "xy", intersect: false, includeInvisible: false };
}

/** A scale with some space around the values. @param {AxisData} axis */
export function scaleOptions({ title, logarithmic, values }) {
  const ink = pageColour("--ink");
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const decades = Math.log10(high / low);
  const multiples = decades > 2.5 ? [1] : [1, 2, 5];
  const space = logarithmic || values.length === 0 ? {} : { grace: "8%", suggestedMin: low, suggestedMax: high };
  const limits = logarithmic && values.length > 0 ? { min: low / 1.4, max: high * 1.4 } : {};
  return {
    type: logarithmic ? /** @type {const} */ ("logarithmic") : /** @type {const} */ ("linear"),
    ...space,
    ...limits,
    title: { display: true, text: logarithmic ? `${title}, logarithmic` : title, color: ink },
    grid: { color: pageColour("--line") },
    border: { color: pageColour("--quiet") },
    ticks: {
      color: ink,
      maxRotation: 0,
      /** @param {string | number} value */
      callback(value) {
        const number = Number(value);
        const multiple = Number((number / 10 ** Math.floor(Math.log10(number))).toFixed(6));
        return logarithmic && !multiples.includes(multiple) ? null : formatTick(number);
      },
    },
  };
}

/**
 * A tooltip with the given lines; it also passes its text to the line below the chart.
 *
 * @param {(datasetIndex: number, index: number) => string[]} linesOf the first line is the name of the point
 * @param {(text: string) => void} read
 */
export function tooltipOptions(linesOf, read) {
  return {
    displayColors: false,
    callbacks: {
      /** @param {TooltipItem<any>[]} items */
      title: ([item]) => (item === undefined ? "" : (linesOf(item.datasetIndex, item.dataIndex)[0] ?? "")),
      /** @param {TooltipItem<any>} item */
      label: (item) => linesOf(item.datasetIndex, item.dataIndex).slice(1),
    },
    /** @param {{ tooltip: { opacity: number, dataPoints?: TooltipItem<any>[] } }} context */
    external({ tooltip }) {
      const item = tooltip.dataPoints?.[0];
      if (tooltip.opacity === 0 || item === undefined) return read("");
      const [name = "", ...lines] = linesOf(item.datasetIndex, item.dataIndex);
      read(`${name}: ${lines.join("; ")}`);
    },
  };
}

/**
 * The arrow keys move between the points of a chart, Escape leaves them.
 *
 * @param {ChartType<any, any, any>} chart
 */
export function moveByKeys(chart) {
  let place = -1;
  chart.canvas.addEventListener("keydown", (event) => {
    const points = visiblePoints(chart);
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (event.key === "Escape") place = -1;
    else if (step === undefined || points.length === 0) return;
    else place = place < 0 ? (step > 0 ? 0 : points.length - 1) : (place + step + points.length) % points.length;
    event.preventDefault();
    const point = points[place];
    const active = point === undefined ? [] : [{ datasetIndex: point.datasetIndex, index: point.index }];
    chart.setActiveElements(active);
    chart.tooltip?.setActiveElements(active, point ?? { x: 0, y: 0 });
    chart.update();
  });
  chart.canvas.addEventListener("blur", () => {
    place = -1;
    chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart.setActiveElements([]);
    chart.update();
  });
}

/** The points that the pointer can reach, from left to right. @param {ChartType<any, any, any>} chart */
function visiblePoints(chart) {
  return chart.data.datasets
    .flatMap((dataset, datasetIndex) =>
      chart.isDatasetVisible(datasetIndex) && dataset.pointHitRadius !== 0
        ? chart.getDatasetMeta(datasetIndex).data.map(({ x, y }, index) => ({ datasetIndex, index, x, y }))
        : [],
    )
    .sort((a, b) => a.x - b.x || a.y - b.y);
}
