// The two scatter plots: FID against trainable parameters, and any two metrics.

/** @import { Point, Plot } from "./points-chart.js" */

import { data, fidMetric, isWholeMetric, metricTitle } from "./data.js";
import { byId, fillSelect } from "./dom.js";
import { formatNumber } from "./format.js";
import { pointsChart } from "./points-chart.js";
import { figureParts } from "./readout.js";

export function startScatter() {
  const trainable = data.metrics.findIndex(({ name }) => name === "trainableParameters");
  const fixed = pointsChart("parameters");
  if (fidMetric >= 0) showPlot("parameters", fixed, { x: trainable, y: fidMetric, dataset: null, runs: false });

  const chart = pointsChart("scatter");
  const titles = data.metrics.map((_, index) => metricTitle(index));
  const x = fillSelect("scatter-x", titles);
  const y = fillSelect("scatter-y", titles);
  const all = data.datasets.length > 1 ? [/** @type {[string, string]} */ (["", "all, averaged"])] : [];
  const dataset = fillSelect("scatter-dataset", data.datasets, all);
  fillSelect(
    "scatter-points",
    [],
    [
      ["methods", "methods"],
      ["runs", "single runs"],
    ],
  );
  const time = data.metrics.findIndex(({ name }) => name === "trainSeconds");
  x.value = String(time >= 0 ? time : trainable);
  y.value = String(Math.max(0, fidMetric));
  const points = byId("scatter-points", HTMLSelectElement);
  const show = () =>
    showPlot("scatter", chart, {
      x: Number(x.value),
      y: Number(y.value),
      // The averages over a single dataset are those of the table, with their intervals.
      dataset: dataset.value === "" || data.datasets.length === 1 ? null : Number(dataset.value),
      runs: points.value === "runs",
    });
  for (const select of [x, y, dataset, points]) select.addEventListener("change", show);
  show();
}

/**
 * @typedef {object} Choice
 * @property {number} x index of a metric
 * @property {number} y index of a metric
 * @property {number | null} dataset null for the average over all
 * @property {boolean} runs one point per run instead of one per method
 */

/**
 * @param {string} id
 * @param {(plot: Plot) => void} show
 * @param {Choice} choice
 */
function showPlot(id, show, choice) {
  const points = choice.runs ? runPoints(choice) : methodPoints(choice);
  const base = choice.y === fidMetric && choice.dataset === null ? data.baseFid : null;
  const [xTitle, yTitle] = [metricTitle(choice.x), metricTitle(choice.y)];
  show({
    x: axisOf(
      xTitle,
      points.map((point) => point.x),
    ),
    y: axisOf(
      yTitle,
      points.flatMap(({ y, interval }) => [y, ...(interval ?? [])]),
    ),
    points,
    front: paretoFront(points, choice),
    named: !choice.runs,
    base: base?.mean ?? null,
  });
  const missing = data.methods.filter(({ label }) => !points.some(({ group }) => group === label));
  const parts = figureParts(id);
  parts.note(
    barsText(points) +
      (base === null ? "" : `Base model, not fine-tuned: ${base.text}. `) +
      (missing.length === 0
        ? ""
        : `Not shown, because values are missing: ${missing.map(({ label }) => label).join(", ")}.`),
  );
  parts.values(
    `${yTitle} against ${xTitle}`,
    [choice.runs ? "Run" : "Method", xTitle, yTitle],
    points.map(({ name, lines }) => [name, ...lines.map((line) => line.slice(line.indexOf(": ") + 2))]),
  );
}

/** What the bars are, with a space after it; empty without bars. @param {readonly Point[]} points */
function barsText(points) {
  const bars = points.filter(({ interval }) => interval !== null);
  const dotted = bars.filter(({ samplesOnly }) => samplesOnly).length;
  const samples = "from the finite number of samples only, without the variation between runs";
  if (bars.length === 0) return "";
  if (dotted === 0) return "Bars: 95 % intervals. ";
  return dotted < bars.length
    ? `Bars: 95 % intervals, dotted ${samples}. `
    : `Dotted bars: 95 % intervals ${samples}. `;
}

/** @param {string} title @param {readonly number[]} values */
function axisOf(title, values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { title, logarithmic: low > 0 && high / low > 20, values };
}

/** @param {number} metric */
const metricName = (metric) => data.metrics[metric]?.title ?? "";

/** A number with its unit. @param {number} value @param {number} metric */
function valueText(value, metric) {
  const unit = data.metrics[metric]?.unit ?? "";
  const text = formatNumber(value, isWholeMetric[metric]);
  return unit === "" ? text : `${text} ${unit}`;
}

/** @param {Choice} choice @returns {Point[]} */
function methodPoints({ x, y, dataset }) {
  return data.methods.flatMap(({ label, mark, averages }, method) => {
    const [horizontal, vertical] = [x, y].map((metric) => {
      if (dataset !== null) return meanOver(method, dataset, metric);
      const average = averages[metric] ?? null;
      if (average === null) return null;
      const { text, intervalText, interval, samplesOnly } = average;
      const shown = intervalText === "" ? text : `${text} (${intervalText})`;
      return { value: average.mean, text: shown, interval, samplesOnly };
    });
    if (!horizontal || !vertical) return [];
    return [
      {
        name: label,
        group: label,
        mark,
        x: horizontal.value,
        y: vertical.value,
        interval: vertical.interval,
        samplesOnly: vertical.samplesOnly,
        lines: [`${metricName(x)}: ${horizontal.text}`, `${metricName(y)}: ${vertical.text}`],
      },
    ];
  });
}

/** @param {number} method @param {number} dataset @param {number} metric */
function meanOver(method, dataset, metric) {
  const runs = data.runs.filter((run) => run[0] === method && run[1] === dataset);
  const values = runs.flatMap(([, , , , all]) => all[metric] ?? []);
  if (values.length === 0) return null;
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  const remark = values.length < runs.length ? ` (of ${values.length} of ${runs.length} runs)` : "";
  return { value, text: valueText(value, metric) + remark, interval: null, samplesOnly: false };
}

/** @param {Choice} choice @returns {Point[]} */
function runPoints({ x, y, dataset }) {
  return data.runs.flatMap(([method, runDataset, seed, , values]) => {
    const [horizontal, vertical] = [values[x] ?? null, values[y] ?? null];
    const shown = data.methods[method];
    if ((dataset !== null && runDataset !== dataset) || horizontal === null || vertical === null || !shown) return [];
    return [
      {
        name: `${shown.label}, ${data.datasets[runDataset]}, seed ${seed}`,
        group: shown.label,
        mark: shown.mark,
        x: horizontal,
        y: vertical,
        interval: null,
        samplesOnly: false,
        lines: [`${metricName(x)}: ${valueText(horizontal, x)}`, `${metricName(y)}: ${valueText(vertical, y)}`],
      },
    ];
  });
}

/**
 * The points that no other point beats in both metrics, by x. Empty if both axes show the same metric, or if one shows
 * a metric whose lowest or highest value is not the best.
 *
 * @param {readonly Point[]} points
 * @param {Choice} choice
 */
function paretoFront(points, choice) {
  if (choice.x === choice.y || [choice.x, choice.y].some((index) => data.metrics[index]?.ordered === false)) return [];
  const [xSign, ySign] = [choice.x, choice.y].map((index) => (data.metrics[index]?.better === "higher" ? -1 : 1));
  const cost = (/** @type {Point} */ { x, y }) => [(xSign ?? 1) * x, (ySign ?? 1) * y];
  const sorted = [...points].sort((a, b) => {
    const [ax = 0, ay = 0] = cost(a);
    const [bx = 0, by = 0] = cost(b);
    return ax - bx || ay - by;
  });
  let best = Number.POSITIVE_INFINITY;
  return sorted.filter((point) => {
    const [, y = 0] = cost(point);
    if (y >= best) return false;
    best = y;
    return true;
  });
}
