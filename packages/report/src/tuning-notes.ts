// Notes on rows whose learning rate or option a sweep chose: what was tried, how many runs that took, and whether the
// sweep used datasets or runs of this table.

import type { RunRecord } from "@dit-bench/record";
import { quantity } from "@dit-bench/text";
import type { Comparison, MethodRow } from "./comparison.ts";
import { joinWithAnd } from "./format.ts";

type Tuning = NonNullable<RunRecord["tuning"]>;

interface TunedRow {
  readonly label: string;
  readonly tuning: Tuning;
}

/** Sentences about each way of tuning that the table's rows had; none if no row was tuned. */
export function tuningNotes(comparison: Comparison): string[] {
  const groups = new Map<string, TunedRow[]>();
  for (const row of comparison.rows)
    for (const tuning of tuningsOf(row)) {
      const { option, values, runs, datasets, seed, criterion, protocol, defaultIsBest } = tuning;
      const what = [option, values.length, runs, datasets, seed, criterion, protocol, defaultIsBest];
      const key = JSON.stringify(what);
      groups.set(key, [...(groups.get(key) ?? []), { label: row.label, tuning }]);
    }
  return [...groups.values()].map((rows) => describe(rows, comparison));
}

/** The different tunings of a row's runs. */
function tuningsOf({ records }: MethodRow): Tuning[] {
  const tunings = records.flatMap(({ tuning }) => tuning ?? []);
  return tunings.filter(({ sweep }, index) => tunings.findIndex((other) => other.sweep === sweep) === index);
}

function describe(rows: readonly TunedRow[], comparison: Comparison): string {
  const { tuning } = rows[0]!;
  const { option, values, runs, datasets, seed, criterion, protocol, defaultIsBest } = tuning;
  const each = rows.length === 1 ? "" : " of each method";
  const optionText = option === "training.learningRate" ? "the learning rate" : option;
  const score = criterion === "heldOutFid" ? "FID against held-out images" : "FID against the training images";
  const titles = new Map(comparison.datasets.map(({ name, title }) => [name, title]));
  const names = joinWithAnd(datasets.map((name) => titles.get(name) ?? name));
  const unchanged = defaultIsBest.map(({ label, runs: n }) => `${label} (${quantity(n, "run")})`);
  return [
    `Tuned: ${joinWithAnd(rows.map(({ label }) => label))}: ${optionText} is the best of ${values.length} values, ` +
      `by ${quantity(runs, "run")}${each} with seed ${seed} on ${names}, by ${score}` +
      `${isSameProtocol(protocol, comparison) ? "" : `, under protocol ${protocol}`}.`,
    unchanged.length === 0
      ? null
      : `For ${joinWithAnd(unchanged)} the same sweep found no better value than the default.`,
    seenText(datasets, titles),
    comparison.records.some(({ cell }) => cell.seed === seed && datasets.includes(cell.dataset))
      ? `The table has runs with seed ${seed}, by which values were chosen: leave them out.`
      : null,
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

/** Records of own images add a remark to the protocol of the recipe. */
const isSameProtocol = (protocol: string, comparison: Comparison): boolean =>
  comparison.protocol === protocol || comparison.protocol === `${protocol} on own images`;

/** Whether the sweep's datasets are columns of the table: there, the choice fits the table's images. */
function seenText(datasets: readonly string[], titles: ReadonlyMap<string, string>): string {
  const seen = datasets.flatMap((name) => titles.get(name) ?? []);
  if (seen.length === 0) return "The table has none of these datasets.";
  if (seen.length === titles.size) return "The sweep used every dataset of the table, with another seed.";
  return `The sweep used ${joinWithAnd(seen)} of the table's ${quantity(titles.size, "dataset")}, with another seed.`;
}
