// The top of the page: which method, at what cost, and whether the difference is real.

import { printable, quantity } from "@dit-bench/text";
import { answer, bestMethod, trainsPart } from "../answer.ts";
import type { Comparison, MethodRow } from "../comparison.ts";
import { formatFid, formatRatio, joinWithAnd } from "../format.ts";
import { metricNamed } from "../metrics.ts";
import { canCompare, differences, isSeparated, type Pairing } from "../ranking.ts";
import { confidenceLevel } from "../scores.ts";
import { mean, meanInterval } from "../statistics.ts";
import { unrankedReason } from "../wording.ts";
import { type Html, html } from "./html.ts";
import { averageOf } from "./metric-average.ts";

interface Card {
  question: string;
  answer: string;
  lines: readonly string[];
}

export function answerSection(comparison: Comparison): Html {
  const best = bestMethod(comparison);
  const cards =
    best === null
      ? []
      : [
          whichCard(comparison, best.bestRow),
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
<p class="lead">${answer(comparison).join(" ")}</p>
</section>`;
}

function whichCard({ datasets, base, rows }: Comparison, row: MethodRow): Card {
  const { mean, interval, basis } = row.average!;
  const limits = interval.map(formatFid).join(" to ");
  const source = basis === "seeds" ? "from the spread over seeds" : "from the finite number of samples only";
  const others = rows.filter((other) => trainsPart(other) && other.average !== null).length;
  return {
    question: "Which method?",
    answer: row.label,
    lines: [
      `${datasets.length === 1 ? "FID" : "Average FID"} ${formatFid(mean)} (95 % interval ${limits}, ${source})` +
        (row.full || others < 2 ? "." : `, the lowest of ${others} methods that train a part of the model.`),
      ...(basis === "seeds" ? [] : ["With another seed it may differ by more than this interval."]),
      ...(base.average === null ? [] : [`The base model without fine-tuning has ${formatFid(base.average.mean)}.`]),
    ],
  };
}

function costCard({ datasets, rows }: Comparison, row: MethodRow): Card {
  const text = (name: string) => averageOf(row, metricNamed(name), datasets)?.text ?? "unknown";
  const full = rows.find((other) => other.full && other !== row);
  const fewer =
    full === undefined
      ? ""
      : `, ${Number((parametersOf(full) / parametersOf(row)).toPrecision(2))} times fewer than full fine-tuning`;
  const relative =
    row.relativeTime === null || row.full ? "" : `, ${formatRatio(row.relativeTime)} the time of full fine-tuning`;
  return {
    question: "At what cost?",
    answer: `${text("trainableParameters")} trained parameters`,
    lines: [
      `${text("trainablePercent")} of the model${fewer}.`,
      `${text("storedBytes")} stored for each dataset; trained in ${text("trainSeconds")}${relative}; ` +
        `${text("peakMemoryMB")} of memory at the peak.`,
    ],
  };
}

function parametersOf({ records }: MethodRow): number {
  return mean(records.map(({ parameters }) => parameters.trainable));
}

function certaintyCard(comparison: Comparison, row: MethodRow, eligibleRows: readonly MethodRow[]): Card {
  const question = "Is the difference real?";
  const { pairing } = comparison;
  const others = eligibleRows.filter((other) => other !== row);
  if (others.length === 0) return { question, answer: "Nothing to compare", lines: [missingText(comparison)] };
  if (pairing === null) {
    const { reason, remedy } = unrankedReason(comparison);
    return { question, answer: "Not known", lines: [`Because ${reason}.`, `To find out: ${remedy}.`] };
  }
  const tested = others.filter((other) => canCompare(row, other, pairing));
  const open = tested.filter((other) => !isSeparated(row, other, pairing));
  const nearest = tested[0];
  const pairs = pairing === "datasets" ? "dataset" : "seed";
  if (nearest === undefined)
    return { question, answer: "Not known", lines: ["It shares fewer than two seeds with each other method."] };
  const values = differences(nearest, row, pairing);
  const limits = meanInterval(values, confidenceLevel)!.map(formatFid).join(" to ");
  const ahead = values.filter((value) => value > 0).length;
  const verdict =
    open.length === 0
      ? `Yes, against ${tested.length === 1 ? nearest.label : `all ${tested.length} others`}`
      : open.length === tested.length
        ? "Not shown"
        : `Only against ${tested.length - open.length} of ${tested.length} others`;
  return {
    question,
    answer: verdict,
    lines: [
      `${nearest.label} comes next, ${formatFid(mean(values))} FID higher (95 % interval ${limits}, paired over ` +
        `${quantity(values.length, pairs)}); it is higher on ${ahead} of ${values.length}.`,
      ...fullLine(comparison, row, pairing),
      ...(open.length === 0
        ? []
        : [`Not separated by more than chance: ${joinWithAnd(open.map(({ label }) => printable(label)))}.`]),
    ],
  };
}

/** Why the best method cannot be compared with another one. */
function missingText({ rows }: Comparison): string {
  if (rows.length === 1) return "There is only one method.";
  const unfinished = rows.filter(({ average }) => average === null).map(({ label }) => printable(label));
  if (unfinished.length === 0) return "No other method has runs that can be compared with these.";
  return `Without a finished run on every dataset: ${joinWithAnd(unfinished)}.`;
}

/** The difference to full fine-tuning, which is not among the methods that train a part of the model. */
function fullLine({ rows }: Comparison, row: MethodRow, pairing: Pairing): string[] {
  const full = rows.find((other) => other.full && other !== row && other.average?.basis === row.average!.basis);
  if (full === undefined || !canCompare(full, row, pairing)) return [];
  const values = differences(full, row, pairing);
  const limits = meanInterval(values, confidenceLevel)!.map(signed).join(" to ");
  const difference = mean(values);
  const verdict = isSeparated(full, row, pairing) ? (difference < 0 ? "better" : "worse") : "not separated from it";
  const direction = difference < 0 ? "lower" : "higher";
  return [
    `Full fine-tuning is ${verdict}: its FID is ${formatFid(Math.abs(difference))} ${direction} ` +
      `(95 % interval of the difference ${limits}).`,
  ];
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${formatFid(Math.abs(value))}`;
}
