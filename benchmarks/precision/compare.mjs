// Compares the FIDs of the same runs in two precisions, and makes the page of the comparison.

import { scoreRow } from "@dit-bench/report";

/** @import { RunRecord } from "@dit-bench/record" */
/** @typedef {{ method: string, dataset: string, seed: number, fid: number, other: number }} Pair */

/**
 * Pairs the records of the same method, dataset and seed.
 *
 * @param {readonly RunRecord[]} records
 * @param {readonly RunRecord[]} others
 * @returns {Pair[]}
 * @throws Error unless each record has exactly one partner, with equal settings and data, and both have a FID
 */
export function pairsOf(records, others) {
  const keyOf = (/** @type {RunRecord} */ { cell }) => `${cell.methodLabel} on ${cell.dataset}, seed ${cell.seed}`;
  const byKey = new Map(others.map((record) => [keyOf(record), record]));
  const pairs = records.map((record) => {
    const other = byKey.get(keyOf(record));
    if (!other) throw new Error(`${keyOf(record)}: only one precision has it; run the same grid in both`);
    if (!record.metrics || !other.metrics)
      throw new Error(`${keyOf(record)}: a run diverged and has no FID; compare the other runs`);
    const basis = (/** @type {RunRecord} */ { settings, data, parameters }) =>
      JSON.stringify([settings, data.fingerprint, parameters]);
    if (basis(record) !== basis(other))
      throw new Error(`${keyOf(record)}: settings or data differ between the precisions; run both with one version`);
    const { cell, metrics } = record;
    const { methodLabel: method, dataset, seed } = cell;
    return { method, dataset, seed, fid: metrics.fid, other: other.metrics.fid };
  });
  if (new Set(records.map(keyOf)).size !== records.length || pairs.length !== others.length)
    throw new Error(`${records.length} and ${others.length} records, expected one for each cell in each precision`);
  return pairs;
}

/**
 * The mean of the differences, each method and dataset counted once, and its 95 % interval from the spread over seeds
 * (docs/decisions/0009-intervals.md). Runs with the same bits in both precisions differ by exactly 0, with certainty.
 * Other differences without a spread have no interval.
 *
 * @param {readonly Pair[]} pairs
 * @returns {{ mean: number, interval: [low: number, high: number] | null }}
 */
export function meanDifference(pairs) {
  const scores = pairs.map(({ method, dataset, seed, fid, other }) => ({
    ...{ dataset: `${method} ${dataset}`, seed, value: other - fid, interval: null },
  }));
  const cells = [...new Set(scores.map(({ dataset }) => dataset))].map((name) => ({ name }));
  const { average } = scoreRow(scores, cells);
  if (average?.basis === "seeds") {
    const { mean, interval } = average;
    return { mean, interval: pairs.every(({ fid, other }) => fid === other) ? [0, 0] : interval };
  }
  throw new Error("a method has one seed on a dataset: at least two are needed for an interval");
}

/**
 * All pairs, then those of each method, then those of each dataset: mean FIDs, the difference with its interval, and
 * the difference in percent of the FID.
 *
 * @param {readonly Pair[]} pairs
 */
export function groupsOf(pairs) {
  const mean = (/** @type {readonly number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
  const group = (/** @type {string} */ name, /** @type {readonly Pair[]} */ part) => {
    const { mean: difference, interval } = meanDifference(part);
    const fid = mean(part.map((pair) => pair.fid));
    return {
      ...{ name, fid, other: mean(part.map(({ other }) => other)), difference, interval },
      percent: (100 * difference) / fid,
    };
  };
  const by = (/** @type {"method" | "dataset"} */ key) =>
    [...new Set(pairs.map((pair) => pair[key]))].map((name) =>
      group(
        name,
        pairs.filter((pair) => pair[key] === name),
      ),
    );
  return [group("all", pairs), ...by("method"), ...by("dataset")];
}

/** A number with its sign and two decimals: −0.04. */
export const signed = (/** @type {number} */ x) => `${Number(x.toFixed(2)) < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`;

/** @param {ReturnType<typeof groupsOf>[number]} group */
function groupRow({ name, fid, other, difference, interval, percent }) {
  const limits = interval === null ? "none" : interval.map(signed).join(" to ");
  const cells = [name, fid.toFixed(2), other.toFixed(2), signed(difference), limits, `${signed(percent)} %`];
  return `| ${cells.join(" | ")} |`;
}

/** @param {ReturnType<typeof groupsOf>[number]} group of all runs */
export function verdictOf({ interval }) {
  if (interval === null) return "The differences of all runs have no spread and no interval: no change is shown.";
  const [low, high] = interval;
  return low > 0 || high < 0
    ? "The interval of all runs does not contain zero: the precision changes the FID."
    : "The interval of all runs contains zero: no change of the FID is shown.";
}

/**
 * The page, as Markdown.
 *
 * @param {readonly RunRecord[]} records in float32
 * @param {readonly RunRecord[]} others in the other precision
 * @param {string} title
 */
export function page(records, others, title) {
  const pairs = pairsOf(records, others);
  const names = (/** @type {readonly RunRecord[]} */ list) =>
    [...new Set(list.map(({ engine }) => engine.name))].join();
  const cpus = [...new Set([...records, ...others].map(({ machine }) => machine.cpu))].join(", ");
  const seeds = new Set(pairs.map(({ seed }) => seed)).size;
  const groups = groupsOf(pairs);
  const verdict = verdictOf(groups[0]);
  return `# ${title}

FID of \`${names(others)}\` less that of \`${names(records)}\`: the same methods, datasets and seeds of recipe
\`${records[0].recipe}\` (${records[0].miniature ? "miniatures" : "real data"}), with the same noise. CPU: ${cpus}.
Intervals: 95 %, from the spread of the differences over ${seeds} seeds.

${verdict}

| | FID of \`${names(records)}\` | FID of \`${names(others)}\` | difference | 95 % interval | of the FID |
| :-- | --: | --: | --: | --: | --: |
${groups.map(groupRow).join("\n")}

Every run:

| method | dataset | seed | FID of \`${names(records)}\` | FID of \`${names(others)}\` | difference |
| :-- | :-- | --: | --: | --: | --: |
${pairs
  .map(({ method, dataset, seed, fid, other }) => [
    method,
    dataset,
    seed,
    fid.toFixed(2),
    other.toFixed(2),
    signed(other - fid),
  ])
  .map((cells) => `| ${cells.join(" | ")} |`)
  .join("\n")}
`;
}
