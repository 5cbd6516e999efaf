// The data of the page: averages, runs, curves, differences and images.

/** @import { PageData } from "../page-data.ts" */

import { byId } from "./dom.js";

/** @type {PageData} */
export const data = JSON.parse(byId("data", HTMLScriptElement).text);

/** Labels of the rows that can be compared: the methods, then the base model. */
export const rowLabels = [...data.methods.map(({ label }) => label), "Base model"];

/** Index of the FID in the metrics. */
export const fidMetric = data.metrics.findIndex(({ name }) => name === "fid");

/** Whether all values of a metric are whole numbers, such as numbers of parameters. */
export const isWholeMetric = data.metrics.map((_, metric) =>
  data.runs.every(([, , , , values]) => Number.isInteger(values[metric] ?? 0)),
);

/**
 * @param {number} index
 * @returns {string}
 */
export function metricTitle(index) {
  const { title, unit } = /** @type {PageData["metrics"][number]} */ (data.metrics[index]);
  return unit === "" ? title : `${title} (${unit})`;
}
