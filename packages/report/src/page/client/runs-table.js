// The table of all runs. It shows a few at a time, so that thousands of runs do not slow the page down.

/** @import { PageRun } from "../page-data.ts" */
/** @import { SortValue } from "./sort.js" */

import { data, isWholeMetric, metricTitle } from "./data.js";
import { byId, element, fillSelect, scrollable } from "./dom.js";
import { formatNumber } from "./format.js";
import { compareValues, containsWords, sortByHeadings } from "./sort.js";

const pageSize = 50;

/**
 * @typedef {object} Column
 * @property {string} heading
 * @property {string} first order after the first click
 * @property {boolean} number
 * @property {boolean} [isWhole]
 * @property {(run: PageRun) => SortValue} value
 */
/** @type {Column[]} */
const columns = [
  {
    heading: "Method",
    first: "ascending",
    number: false,
    value: ([method]) => data.methods[method]?.label ?? "",
  },
  { heading: "Dataset", first: "ascending", number: false, value: ([, dataset]) => data.datasets[dataset] ?? "" },
  { heading: "Seed", first: "ascending", number: true, value: ([, , seed]) => seed },
  { heading: "End", first: "ascending", number: false, value: (run) => (run[3] === 1 ? "finished" : "diverged") },
  ...data.metrics.map(({ better }, metric) => ({
    heading: metricTitle(metric),
    first: better === "lower" ? "ascending" : "descending",
    number: true,
    isWhole: isWholeMetric[metric] === true,
    value: (/** @type {PageRun} */ run) => run[4][metric] ?? null,
  })),
];

export function startRunsTable() {
  const body = element("tbody");
  const table = element("table", { id: "runs-table" }, [
    element("caption", {}, ["All runs"]),
    element("thead", {}, [element("tr", {}, columns.map(headingOf))]),
    body,
  ]);
  const more = element("button", { type: "button", id: "runs-more" }, [`Show ${pageSize} more`]);
  byId("runs", HTMLElement).replaceChildren(scrollable("All runs", table), more);

  const filter = byId("runs-filter", HTMLInputElement);
  const all = /** @type {const} */ (["", "all"]);
  const method = fillSelect(
    "runs-method",
    data.methods.map(({ label }) => label),
    [[...all]],
  );
  const dataset = fillSelect("runs-dataset", data.datasets, [[...all]]);
  let sorted = [...data.runs];
  let limit = pageSize;
  const show = () => {
    const matching = sorted.filter(
      (run) =>
        (method.value === "" || run[0] === Number(method.value)) &&
        (dataset.value === "" || run[1] === Number(dataset.value)) &&
        containsWords(textOf(run), filter.value),
    );
    body.replaceChildren(...matching.slice(0, limit).map(runLine));
    more.hidden = matching.length <= limit;
    const shown = Math.min(limit, matching.length);
    byId("runs-count", HTMLElement).textContent =
      `${shown} of ${matching.length} runs${matching.length < data.runs.length ? " that match" : ""}`;
  };
  const restart = () => {
    limit = pageSize;
    show();
  };
  filter.addEventListener("input", restart);
  for (const select of [method, dataset]) select.addEventListener("change", restart);
  more.addEventListener("click", () => {
    limit += pageSize;
    show();
  });
  sortByHeadings(table, (column, order) => {
    const { value } = /** @type {Column} */ (columns[column]);
    sorted = [...data.runs].sort((a, b) => compareValues(value(a), value(b), order));
    show();
  });
  show();
}

/** @param {Column} column */
function headingOf({ heading, first, number }) {
  const button = element("button", { type: "button", "data-first": first }, [heading]);
  return element("th", { scope: "col", "aria-sort": "none", ...(number ? { class: "number" } : {}) }, [button]);
}

/** @param {PageRun} run */
function runLine(run) {
  const cells = columns.map(({ value, number, isWhole }, column) => {
    const shown = value(run);
    const text = shown === null ? "–" : typeof shown === "number" ? formatNumber(shown, isWhole) : shown;
    if (column === 0) return element("th", { scope: "row" }, [text]);
    return element("td", number ? { class: "number" } : {}, [text]);
  });
  return element("tr", {}, cells);
}

/** What the filter searches. @param {PageRun} run */
function textOf([method, dataset, seed, finished]) {
  const state = finished === 1 ? "finished" : "diverged";
  return `${data.methods[method]?.label} ${data.datasets[dataset]} seed ${seed} ${state}`;
}
