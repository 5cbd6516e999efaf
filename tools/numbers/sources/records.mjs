// The records of a folder in results, by the metrics, intervals and sentences of packages/report:
//
//     fid difffit            the mean over the datasets; `fid base` is the base model's
//     fid difffit flowers    the mean over the seeds on one dataset
//     fid difffit interval   the 95 % interval of the mean
//     storedBytes difffit    any other column, such as `rank` or `relativeTime`, which has an interval, too
//     difference full lora   difference of the average FIDs; then `interval`, or `lower` for "7 of 8" datasets
//     verdict full lora      whether the first is better than, worse than or not separated from the second
//     order                  the methods by average FID; `order heldOutFid` by another score, the lowest first
//     order tuned            the same at the tuned rates; also `order heldOutFid tuned`, `steps tuned`,
//                            `unseparated tuned`
//     best, unseparated, runs, seeds, protocol, answer, steps
//     table, table rank fid  the usual columns of the table of methods, and chosen ones
//     rates                  a table of the default and the tuned rate of each method, and of their FIDs
//     published answer       any question, of the runs at published rates alone
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
  tuningStates,
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

/** @type {Map<Comparison["records"], Comparison>} */
const published = new Map();

/** @param {Comparison["records"]} records */
function atPublishedRates(records) {
  const made = published.get(records) ?? compare(records.filter(({ tuning }) => tuning === undefined));
  published.set(records, made);
  return made;
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
  ["steps", stepsTable],
  ["rates", summary(ratesTable)],
  ["published", ({ records }, words) => answering(atPublishedRates(records))(words)],
  ["order", orderText],
  ["best", summary((comparison) => bestMethod(comparison)?.bestRow.label ?? "none")],
  ["unseparated", unseparatedPairs],
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
const rowOf = (comparison, name) =>
  choose("method", name, new Map([...rowsAt(comparison, "published"), ...rowsAt(comparison, "tuned")]));

/**
 * The rows at published or at tuned rates, each with its name in a question.
 *
 * @param {Comparison} comparison
 * @param {"published" | "tuned"} rate
 * @returns {[string, MethodRow][]}
 */
function rowsAt({ rows }, rate) {
  const stateOf = tuningStates(rows);
  const [other, suffix] = rate === "published" ? ["tuned", ""] : ["none", "@tuned"];
  return rows.filter((row) => stateOf(row) !== other).map((row) => [nameOf(row) + suffix, row]);
}

/**
 * Takes `tuned` from the end of a question's words.
 *
 * @param {readonly string[]} words
 * @returns {{ rate: "published" | "tuned", rest: readonly string[] }}
 */
const rateIn = (words) =>
  words.at(-1) === "tuned" ? { rate: "tuned", rest: words.slice(0, -1) } : { rate: "published", rest: words };

/**
 * The rows that a question asks for.
 *
 * @param {Comparison} comparison
 * @param {"published" | "tuned"} rate
 */
function rowsAsked(comparison, rate) {
  const rows = rowsAt(comparison, rate);
  if (rows.length === 0) throw new Error(`no run has a ${rate} rate`);
  return rows;
}

/**
 * The rows with an average FID, the lowest first.
 *
 * @param {Comparison} comparison
 * @param {"published" | "tuned"} rate
 */
const byAverage = (comparison, rate) =>
  rowsAsked(comparison, rate)
    .flatMap(([name, { label, average }]) => (average === null ? [] : [{ name, label, value: average.mean }]))
    .sort((a, b) => a.value - b.value);

/** @type {Question} */
function orderText(comparison, words) {
  const { rate, rest } = rateIn(words);
  const [name, ...more] = rest;
  expectNoMore(more);
  // A tuned row has the label of the method's published row: the question states the rates.
  const published = new Map(rowsAt(comparison, "published").map(([plain, { label }]) => [`${plain}@tuned`, label]));
  const labels = (/** @type {{ name: string, label: string }[]} */ rows) =>
    rows.map(({ name, label }) => published.get(name) ?? label).join(", ");
  if (name === undefined) return labels(byAverage(comparison, rate));
  const scores = tableColumns.filter(({ isScore }) => isScore);
  const column = choose("score", name, new Map(scores.map((one) => [one.name, one])));
  const values = rowsAsked(comparison, rate).flatMap(([key, row]) => {
    const { value } = column.cell(row, comparison);
    return value === undefined ? [] : [{ name: key, label: row.label, value }];
  });
  if (values.length === 0) throw new Error(`no method has a ${name}`);
  return labels(values.sort((a, b) => a.value - b.value));
}

/** @type {Question} */
function unseparatedPairs(comparison, words) {
  const { rate, rest } = rateIn(words);
  expectNoMore(rest);
  const rows = [...comparison.rows, comparison.base];
  const asked = new Set([...rowsAsked(comparison, rate).map(([, row]) => row), comparison.base]);
  const labels = [...comparison.rows.map(({ label }) => label), "the base model"];
  const pairs = differencesOf(comparison).filter(
    (pair) => verdictOf(pair) === "not separated from" && asked.has(rows[pair.a]) && asked.has(rows[pair.b]),
  );
  return pairs.length === 0 ? "none" : pairs.map(({ a, b }) => joinWithAnd([labels[a], labels[b]])).join("; ");
}

/**
 * Each method beside the next one by average FID: how much higher that one is, and whether this is more than chance.
 *
 * @type {Question}
 */
function stepsTable(comparison, words) {
  const { rate, rest } = rateIn(words);
  expectNoMore(rest);
  const rows = byAverage(comparison, rate);
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

/**
 * The default and the tuned learning rate of each method, their average FIDs, and what tuning gains.
 *
 * @param {Comparison} comparison
 */
function ratesTable(comparison) {
  const published = new Map(rowsAt(comparison, "published"));
  const lines = byAverage(comparison, "tuned").map(({ name }) => {
    const plain = name.replace("@tuned", "");
    const [before, after] = [published.get(plain), rowOf(comparison, name)];
    if (before === undefined) throw new Error(`${plain} has no row at its published rate`);
    const isSame = before === after;
    const fidOf = (/** @type {string} */ row) => ({ text: columnText(fidColumn)(comparison, [row]) });
    const gain = isSame ? undefined : differenceOf(comparison, plain, name);
    return {
      label: before.label,
      cells: [
        { text: rateText(before) },
        { text: isSame ? "the same" : rateText(after) },
        fidOf(plain),
        fidOf(name),
        { text: gain ? formatFid(gain.mean) : "–" },
        { text: gain ? limits(gain.interval) : "–" },
      ],
    };
  });
  const headings = ["Default rate", "Tuned rate", "FID", "FID, tuned", "lower by", "95 % interval"];
  return markdownTable({ headings, lines, bases: 0 });
}

const fidColumn = choose("column", "fid", new Map(tableColumns.map((column) => [column.name, column])));

/** @param {MethodRow} row */
const rateText = ({ label, records: [{ training }] }) => {
  if (training.learningRate === undefined) throw new Error(`the records of ${label} have no learning rate`);
  return String(Number(training.learningRate.toPrecision(3)));
};
