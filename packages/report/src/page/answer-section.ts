// The top of the page: which method, at what cost, and whether the difference is real.

import { printable, quantity } from "@dit-bench/text";
import {
  answer,
  type BestMethod,
  baseOf,
  betterText,
  countMethods,
  groupText,
  opponents,
  ownText,
  type TestedRows,
  testAgainst,
  trainsPart,
} from "../answer.ts";
import type { Comparison, MethodRow } from "../comparison.ts";
import { formatFid, formatRatio, joinWithAnd } from "../format.ts";
import { fullOutcome } from "../full-outcome.ts";
import { metricNamed } from "../metrics.ts";
import { differenceInterval, differences, type Pairing } from "../ranking.ts";
import { mean } from "../statistics.ts";
import { averageText, unrankedReason, withoutAverageText } from "../wording.ts";
import { type Html, html } from "./html.ts";
import { averageOf } from "./metric-average.ts";

interface Card {
  question: string;
  answer: string;
  lines: readonly string[];
}

/** @param best what `bestMethod` returns */
export function answerSection(comparison: Comparison, best: BestMethod | null): Html {
  const cards =
    best === null
      ? []
      : [
          whichCard(comparison, best.bestRow, best.eligibleRows),
          costCard(comparison, best.bestRow),
          certaintyCard(comparison, best.bestRow, best.eligibleRows),
        ];
  return html`<section id="answer" aria-labelledby="answer-title">
<h2 id="answer-title">The answer</h2>
<div class="cards">${cards.map(
    (card) => html`<div class="card">
<h3>${card.question}</h3>
<p class="verdict">${card.answer}</p>
${card.lines.map((line) => html`<p>${line}</p>`)}
</div>`,
  )}</div>
<p class="lead">${answer(comparison, best).join(" ")}</p>
</section>`;
}

function whichCard(comparison: Comparison, row: MethodRow, eligibleRows: readonly MethodRow[]): Card {
  const average = row.average!;
  const base = baseOf(comparison, row)?.average;
  const isLowest = eligibleRows.length > 1;
  return {
    question: "Which method?",
    answer: row.label,
    lines: [
      `${comparison.datasets.length === 1 ? "FID" : "Average FID"} ${averageText(average)}` +
        (isLowest ? `, the lowest of the ${groupText(comparison, eligibleRows)}.` : "."),
      ...(average.basis === "seeds" || average.interval === null
        ? []
        : ["With another seed it may differ by more than this interval."]),
      ...(base ? [`The base model without fine-tuning has ${formatFid(base.mean)}.`] : []),
    ],
  };
}

function costCard({ datasets, rows }: Comparison, row: MethodRow): Card {
  const text = (name: string) => averageOf(row, metricNamed(name), datasets)?.text ?? "unknown";
  const full = rows.find((other) => other.full && other !== row);
  const relative =
    row.relativeTime === null || row.full
      ? ""
      : `, ${formatRatio(row.relativeTime)} the time of full fine-tuning${intervalText(row.relativeTimeInterval)}`;
  return {
    question: "At what cost?",
    answer: `${text("trainableParameters")} trained parameters`,
    lines: [
      `${text("trainablePercent")} of the model${full === undefined ? "" : fewerText(row, full)}.`,
      `${text("storedBytes")} stored for each dataset; trained in ${text("trainSeconds")}${relative}; ` +
        `${text("peakMemoryMB")} of memory at the peak.`,
    ],
  };
}

/** Empty if the method does not train clearly fewer weights than full fine-tuning. */
function fewerText(row: MethodRow, full: MethodRow): string {
  const times = Number((parametersOf(full) / parametersOf(row)).toPrecision(2));
  return Number.isFinite(times) && times > 1 ? `, ${times} times fewer than full fine-tuning` : "";
}

function parametersOf({ records }: MethodRow): number {
  return mean(records.map(({ parameters }) => parameters.trainable));
}

const intervalText = (interval: MethodRow["relativeTimeInterval"]): string =>
  interval === null ? "" : ` (95 % interval ${interval.map(formatRatio).join(" to ")})`;

function certaintyCard(comparison: Comparison, row: MethodRow, eligibleRows: readonly MethodRow[]): Card {
  const question = "Is the difference real?";
  const { pairing } = comparison;
  const { others, own } = opponents(row, eligibleRows);
  const full = fullLine(comparison, row);
  if (others.length === 0)
    return { question, answer: "Nothing to compare", lines: [...missingTexts(comparison, row), ...full] };
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return { question, answer: "Not known", lines: [`Because ${reason}.`, `To find out: ${remedy}.`] };
  }
  const tested = testAgainst(row, others, pairing);
  const { better, open, untested } = tested;
  const ownTested = testAgainst(row, own, pairing);
  const next = others.find((other) => !untested.includes(other));
  if (next === undefined)
    return { question, answer: "Not known", lines: ["It shares fewer than two seeds with each other method."] };
  return {
    question,
    answer: verdictText(tested, others),
    lines: [
      nextText(row, next, { pairing, isFirst: next === others[0] }),
      ...full,
      ...(better.length + ownTested.better.length === 0 ? [] : [betterText([...better, ...ownTested.better])]),
      ...(open.length === 0 ? [] : [`Not separated by more than chance: ${namesOf(open)}.`]),
      ...(ownTested.open.length === 0 ? [] : [ownText(ownTested.open)]),
      ...(untested.length === 0 ? [] : [`Not compared, for lack of two shared seeds: ${namesOf(untested)}.`]),
    ],
  };
}

const namesOf = (rows: readonly MethodRow[]): string => joinWithAnd(rows.map(({ label }) => printable(label)));

function verdictText({ worse, better }: TestedRows, others: readonly MethodRow[]): string {
  const methods = countMethods(others);
  if (worse.length === others.length) {
    if (others.length === 1) return `Yes, against ${others[0]!.label}`;
    return methods < others.length
      ? `Yes, against all rows of ${quantity(methods, "other method")}`
      : `Yes, against all ${methods} others`;
  }
  if (worse.length > 0)
    return `Only against ${worse.length} of ${others.length} ${methods < others.length ? "rows of others" : "others"}`;
  return better.length > 0 ? "No" : "Not shown";
}

interface NextOptions {
  pairing: Pairing;
  /** True if `next` has the next average of all; else methods before it share too few seeds with `row`. */
  isFirst: boolean;
}

/** The next average of the tested methods. On one dataset it can be the lower one on the seeds that both have. */
function nextText(row: MethodRow, next: MethodRow, { pairing, isFirst }: NextOptions): string {
  const values = differences(next, row, pairing);
  const difference = mean(values);
  const limits = differenceInterval(next, row, pairing);
  const isHigher = difference > -1e-9 * next.average!.mean; // equal averages may differ by rounding
  const direction = isHigher ? "higher" : "lower on the shared seeds";
  const what = isHigher ? "95 % interval" : "95 % interval of the difference";
  const interval = limits && `${what} ${limits.map(formatFid).join(" to ")}`;
  const count = values.filter((value) => (isHigher ? value > 0 : value < 0)).length;
  return (
    `${isFirst ? "" : "Of the methods that share two seeds with it, "}${next.label} comes next, ` +
    `${formatFid(Math.abs(difference))} FID ${direction} (${interval ?? noIntervalText}, paired over ` +
    `${quantity(values.length, pairing === "datasets" ? "dataset" : "seed")}); ` +
    `it is ${isHigher ? "higher" : "lower"} on ${count} of ${values.length}.`
  );
}

const noIntervalText = "no interval: all differences are equal";

/** Why the best method cannot be compared with another one that trains a part of the model. */
function missingTexts(comparison: Comparison, row: MethodRow): string[] {
  const { rows } = comparison;
  if (rows.length === 1) return ["There is only one method."];
  const reason = rows.some((other) => other !== row && trainsPart(other))
    ? "No other method has runs that can be compared with these."
    : "No other method trains a part of the model.";
  return [reason, withoutAverageText(comparison)].filter((text) => text !== null);
}

/** The difference to full fine-tuning, which is not among the methods that train a part of the model. */
function fullLine(comparison: Comparison, row: MethodRow): string[] {
  const outcome = fullOutcome(comparison, row);
  if (outcome === null) return [];
  const { name, verdict, scope, difference, interval } = outcome;
  const result = verdict === "not separated" ? "not separated from it" : verdict;
  const direction = difference < 0 ? "lower" : "higher";
  const limits = interval && `95 % interval of the difference ${interval.map(signed).join(" to ")}`;
  return [
    `${name} is ${result}${scope}: its FID is ${formatFid(Math.abs(difference))} ${direction} ` +
      `(${limits ?? noIntervalText}).`,
  ];
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${formatFid(Math.abs(value))}`;
}
