// The records of a folder in results, by the metrics, intervals and sentences of packages/report:
//
//     fid difffit            the mean over the datasets; `fid base` is the base model's
//     fid difffit flowers    the mean over the seeds on one dataset
//     fid difffit interval   the 95 % interval of the mean
//     storedBytes difffit    any other column, such as `rank` or `relativeTime`, which has an interval, too
//     difference full lora   difference of the average FIDs; then `interval`, or `lower` for "7 of 8" datasets
//     verdict full lora      whether the first is better than, worse than or not separated from the second
//     order                  the methods by average FID; `order heldOutFid` by another score, the lowest first
//     best, unseparated, runs, seeds, protocol, answer, steps
//     table, table rank fid  the usual columns of the table of methods, and chosen ones
//
// A method has its published learning rate; `lora@tuned` is the row whose rate a sweep chose, or the published one if
// the sweep found that best. `full+continued` is the row of a variant of the recipe, and `base+continued` what its runs
// start from.

import { fileURLToPath } from "node:url";
import { findRecords } from "@dit-bench/record";
import {
  answerMarkdown,
  bestMethod,
  comparison as compare,
  differencesOf,
  formatFid,
  formatRatio,
  joinWithAnd,
  markdownTable,
  methodsMarkdown,
  tableColumns,
} from "@dit-bench/report";
import { choose, expectNoMore } from "../choose.mjs";

/** @import { Column, Comparison, MethodRow } from "@dit-bench/report" */

/**
 * @param {string} name of the source
 * @param {string} folder in results
 */
export const recordsOf = (name, folder) => ({
  name,
  async open() {
    const { records } = await findRecords(fileURLToPath(new URL(`../../../results/${folder}`, import.meta.url)));
    return answering(compare(records.map(({ record }) => record)));
  },
});

/**
 * @param {Comparison} comparison
 * @returns {(words: readonly string[]) => string}
 */
export function answering(comparison) {
  return ([question, ...words]) => choose("question", question, questions)(comparison, words);
}

/** @typedef {(comparison: Comparison, words: readonly string[]) => string} Question */

/** @type {(ask: (comparison: Comparison) => string) => Question} */
const summary = (ask) => (comparison, words) => {
  expectNoMore(words);
  return ask(comparison);
};

/** @type {ReadonlyMap<string, Question>} */
const questions = new Map([
  ...tableColumns.map((column) => /** @type {const} */ ([column.name, columnText(column)])),
  ["difference", differenceText],
  ["verdict", verdictText],
  ["answer", summary(answerMarkdown)],
  ["table", (comparison, names) => methodsMarkdown(comparison, names.length === 0 ? undefined : names)],
  ["steps", summary(stepsTable)],
  ["order", orderText],
  ["best", summary((comparison) => bestMethod(comparison)?.bestRow.label ?? "none")],
  ["unseparated", summary(unseparatedPairs)],
  ["runs", summary(({ records }) => String(records.length))],
  ["seeds", summary(({ records }) => String(new Set(records.map(({ cell }) => cell.seed)).size))],
  ["protocol", summary(({ protocol }) => protocol)],
]);

/** @type {(column: Column) => Question} */
function columnText(column) {
  return (comparison, [method, detail, ...rest]) => {
    expectNoMore(rest);
    const base = baseOf(comparison, method);
    const { text, interval } = base
      ? column.base(base, comparison)
      : column.cell(rowOf(comparison, method), comparison);
    if (detail === undefined) return text;
    if (detail === "interval" && column.name === "relativeTime") {
      const limits = rowOf(comparison, method).relativeTimeInterval;
      if (limits === null) throw new Error("it has no interval");
      return limits.map(formatRatio).join(" to ");
    }
    if (detail === "interval") {
      if (interval === undefined) throw new Error("it has no interval");
      return `${interval.low} to ${interval.high}${interval.mark}`;
    }
    if (column.name !== "fid") throw new Error(`a ${column.name} has no value for one dataset: leave '${detail}' out`);
    const { cells } = base ?? rowOf(comparison, method);
    const places = new Map(comparison.datasets.map((dataset, index) => [dataset.name, index]));
    const { mean } = cells[choose("dataset", detail, places)];
    if (mean === null) throw new Error("no run of it has finished");
    return formatFid(mean);
  };
}

/** @type {Question} */
function differenceText(comparison, [first, second, detail, ...rest]) {
  expectNoMore(rest);
  const { mean, interval, count, below } = differenceOf(comparison, first, second);
  if (detail === undefined) return formatFid(Math.abs(mean));
  if (detail === "lower") return `${below} of ${count}`;
  if (detail === "interval") return limits(mean < 0 ? [-interval[1], -interval[0]] : interval);
  throw new Error(`'${detail}' is not known; available: interval, lower`);
}

/** @type {Question} */
function verdictText(comparison, [first, second, ...rest]) {
  expectNoMore(rest);
  return verdictOf(differenceOf(comparison, first, second));
}

/** @typedef {{ mean: number, interval: [number, number], count: number, below: number }} Difference */

const verdictOf = (/** @type {Difference} */ { interval: [low, high] }) =>
  high < 0 ? "better than" : low > 0 ? "worse than" : "not separated from";

const limits = (/** @type {readonly [number, number]} */ [low, high]) =>
  [low, high].map((end) => formatFid(end).replace("-", "−")).join(" to ");

/**
 * The first row minus the second one.
 *
 * @param {Comparison} comparison
 * @param {string | undefined} first
 * @param {string | undefined} second
 * @returns {Difference}
 */
function differenceOf(comparison, first, second) {
  const rows = [...comparison.rows, comparison.base];
  const [a, b] = [first, second].map((method) => {
    const row = method === "base" ? comparison.base : rowOf(comparison, method);
    return rows.indexOf(row);
  });
  for (const { a: from, b: to, mean, interval, count, below } of differencesOf(comparison)) {
    if (from === a && to === b) return { mean, interval, count, below };
    if (from === b && to === a)
      return { mean: -mean, interval: [-interval[1], -interval[0]], count, below: count - below };
  }
  throw new Error(`'${first}' and '${second}' have no difference with an interval`);
}

/** The name of a row or of a base model in a question: the method, or `base`, and the variant of its runs. */
const withVariant = (/** @type {string} */ name, /** @type {MethodRow["records"]} */ [record]) =>
  record?.cell.variant ? `${name}+${record.cell.variant.name}` : name;
const nameOf = (/** @type {MethodRow} */ { method, records }) => withVariant(method, records);

/**
 * The row of the base model with this name, if it is one.
 *
 * @param {Comparison} comparison
 * @param {string | undefined} name
 */
const baseOf = ({ bases }, name) => bases.find(({ records }) => withVariant("base", records) === name);

/**
 * @param {Comparison} comparison
 * @param {string | undefined} name
 */
function rowOf({ rows }, name) {
  const published = rows.filter((row) => !isTuned(row));
  const tuned = rows.filter(isTuned);
  const records = tuned.flatMap((row) => row.records);
  const best = new Set(records.flatMap(({ tuning }) => tuning?.defaultIsBest ?? []).map(({ method }) => method));
  const named = (/** @type {readonly MethodRow[]} */ list, /** @type {string} */ suffix) =>
    list.map((row) => /** @type {const} */ ([nameOf(row) + suffix, row]));
  const names = [
    ...named(published, ""),
    ...named(tuned, "@tuned"),
    ...named(
      published.filter(({ method, variant }) => variant === null && best.has(method)),
      "@tuned",
    ),
  ];
  return choose("method", name, new Map(names));
}

const isTuned = (/** @type {MethodRow} */ { records }) => records.some(({ tuning }) => tuning !== undefined);

/**
 * The labels of the methods at their published rates, by average FID.
 *
 * @param {Comparison} comparison
 */
const byAverage = (comparison) => rowsByAverage(comparison).map(({ label }) => label);

/** @param {Comparison} comparison */
const rowsByAverage = ({ rows }) =>
  rows
    .filter((row) => !isTuned(row))
    .flatMap((row) => (row.average === null ? [] : [{ name: nameOf(row), label: row.label, mean: row.average.mean }]))
    .sort((a, b) => a.mean - b.mean);

/** @type {Question} */
function orderText(comparison, [name, ...rest]) {
  expectNoMore(rest);
  if (name === undefined) return byAverage(comparison).join(", ");
  const scores = tableColumns.filter(({ isScore }) => isScore);
  const column = choose("score", name, new Map(scores.map((one) => [one.name, one])));
  const values = comparison.rows
    .filter((row) => !isTuned(row))
    .flatMap((row) => {
      const { value } = column.cell(row, comparison);
      return value === undefined ? [] : [{ label: row.label, value }];
    });
  if (values.length === 0) throw new Error(`no method has a ${name}`);
  return values
    .sort((a, b) => a.value - b.value)
    .map(({ label }) => label)
    .join(", ");
}

/** @param {Comparison} comparison */
function unseparatedPairs(comparison) {
  const labels = [...comparison.rows.map(({ label }) => label), "the base model"];
  const pairs = differencesOf(comparison).filter((pair) => verdictOf(pair) === "not separated from");
  return pairs.length === 0 ? "none" : pairs.map(({ a, b }) => joinWithAnd([labels[a], labels[b]])).join("; ");
}

/**
 * Each method beside the next one by average FID: how much higher that one is, and whether this is more than chance.
 *
 * @param {Comparison} comparison
 */
function stepsTable(comparison) {
  const rows = rowsByAverage(comparison);
  const lines = rows.slice(1).map((row, index) => {
    const difference = differenceOf(comparison, row.name, rows[index].name);
    const { mean, interval, count, below } = difference;
    return {
      label: `${rows[index].label}, ${row.label}`,
      cells: [
        { text: formatFid(mean) },
        { text: limits(interval) },
        { text: `${count - below} of ${count}` },
        { text: verdictOf(difference) === "not separated from" ? "no" : "yes" },
      ],
    };
  });
  const headings = ["FID higher by", "95 % interval", "higher on", "separated"];
  return markdownTable({ headings, lines, bases: 0 }, "Method and the next one");
}
