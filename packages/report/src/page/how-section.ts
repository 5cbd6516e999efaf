// How the runs were made: the commands that run them again, the methods' settings, machines and versions.

import type { RunRecord } from "@dit-bench/record";
import { printable, quantity, quoteForShell } from "@dit-bench/text";
import { type Column, tableColumns } from "../columns.ts";
import type { Comparison, MethodRow } from "../comparison.ts";
import { notes } from "../notes.ts";
import { optionFlags, runCommand } from "../run-command.ts";
import { facts, flattenSettings, settingText } from "../run-facts.ts";
import { type Html, html, markup } from "./html.ts";
import { shownMetrics } from "./make-data.ts";

export function howSection(comparison: Comparison): Html {
  const { records, rows, protocol } = comparison;
  const own = records.some(({ data }) => data.source === "folder");
  return html`<section id="how" aria-labelledby="how-title">
<h2 id="how-title">How it was run</h2>
<p>These commands make the runs, the tables and this page again:</p>
<div class="command"><pre id="commands" tabindex="0" role="region"
 aria-label="Commands">${commands(comparison).map(commandLine)}</pre>
<button type="button" id="copy-commands">Copy</button></div>
${own && html`<p>FOLDER stands for a folder of your own images.</p>`}
${
  protocol.includes("+") &&
  html`<p>The mark after + in the protocol ${protocol} shows that settings differ from those of the recipe: add them
with <code>--set</code>. The list of settings below has their values.</p>`
}
${methodsUsed(rows)}
${circumstances(records)}
<details><summary>All settings of the recipe</summary>
${settingsTable((records.find(({ cell }) => cell.variant === undefined) ?? records[0]!).settings)}
</details>
<h3 id="reading">How to read the numbers</h3>
<ul>${notes(comparison, shownColumns(comparison)).map((note) => html`<li>${note}</li>`)}</ul>
</section>`;
}

/** The columns of the tables of methods. */
function shownColumns(comparison: Comparison): Column[] {
  const names = new Set(["rank", "relativeTime", ...shownMetrics(comparison).map(({ name }) => name)]);
  return tableColumns.filter(({ name }) => names.has(name));
}

/** A command that breaks between flags only, so that `--seeds 3` stays together on a narrow screen. */
function commandLine(words: readonly string[]): Html {
  const flags = words.join(" ").split(/ (?=--)/);
  const parts = flags.map((flag, index) => html`${index > 0 && " "}<span>${flag}</span>`);
  return html`${parts}${markup("\n")}`;
}

/**
 * The commands that run all cells, one for each set of options of a method, and those that make tables and page, as
 * words for a shell. A grid has the seeds from 0; if there are others, such as a sweep's, each run has a command.
 */
export function commands(comparison: Comparison): string[][] {
  const { rows, records, recipes } = comparison;
  const seeds = [...new Set(records.map(({ cell }) => cell.seed))];
  const runs =
    Math.max(...seeds) < seeds.length
      ? gridCommands(comparison, seeds.length)
      : rows.flatMap((row) => row.records.map((record) => runCommand(record)));
  const recipe = recipes[0]!;
  return [
    ...runs,
    ["npx", "bench", "table", "--from", "runs", "--out", `results/${recipe}`],
    ["npx", "bench", "report", "--recipe", recipe],
  ].map((words) => words.map((word) => quoteForShell(printable(word))));
}

function gridCommands({ rows, records, recipes }: Comparison, seeds: number): string[][] {
  const sources = datasetFlags(records);
  const rowsOf = new Map<string, MethodRow[]>();
  const ownRows = rows.filter(({ variant }) => variant === null);
  for (const row of ownRows.length > 0 ? ownRows : rows)
    rowsOf.set(row.method, [...(rowsOf.get(row.method) ?? []), row]);
  const rounds = Math.max(...[...rowsOf.values()].map(({ length }) => length));
  const variants = [...new Set(records.flatMap(({ cell }) => cell.variant?.name ?? []))].sort();
  return recipes.flatMap((recipe) =>
    Array.from({ length: rounds }, (_, round) => {
      const chosen = [...rowsOf.values()].flatMap((list) => list[round] ?? []);
      const names = chosen.map(({ method }) => method).sort();
      const options = chosen.flatMap((row) => optionFlags(row.records[0]!)).sort();
      return [
        ...["npx", "bench", "grid", "--recipe", recipe, "--methods", names.join(",")],
        ...sources,
        ...["--seeds", String(seeds)],
        ...(variants.length === 0 ? [] : ["--variants", round === 0 ? variants.join(",") : "none"]),
        ...options.flatMap((option) => ["--set", option]),
      ];
    }),
  );
}

function datasetFlags(records: readonly RunRecord[]): string[] {
  const names = [...new Set(records.flatMap(({ cell, data }) => (data.source === "folder" ? [] : [cell.dataset])))];
  const folders = new Set(records.flatMap(({ cell, data }) => (data.source === "folder" ? [cell.dataset] : [])));
  if (folders.size > 0) return [...folders].flatMap(() => ["--data", "FOLDER"]);
  return ["--datasets", names.sort().join(",")];
}

function methodsUsed(rows: readonly MethodRow[]): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Settings of the methods"><table>
<caption>Settings of the methods</caption>
<thead><tr><th scope="col">Method</th><th scope="col">Package</th><th scope="col">Options</th>
<th scope="col">Learning rate</th><th scope="col" class="number">Runs</th></tr></thead>
<tbody>${rows.map(({ label, records }) => {
    const rates = distinct(records.map(rateText));
    const options = Object.entries(records[0]!.cell.options).map(([name, value]) => `${name} ${settingText(value)}`);
    return html`<tr><th scope="row">${label}</th><td>${distinct(records.map(({ cell }) => cell.methodSource))}</td>
<td>${options.join(", ") || "none"}</td><td>${rates}</td><td class="number">${records.length}</td></tr>`;
  })}</tbody></table></div>`;
}

function rateText({ training, tuning }: RunRecord): string {
  if (training.learningRate === undefined) return "not recorded";
  const isTuned = tuning?.option === "training.learningRate";
  return `${Number(training.learningRate.toPrecision(6))}${isTuned ? ", chosen by a sweep" : ""}`;
}

function circumstances(records: readonly RunRecord[]): Html {
  return html`<dl class="facts">${facts.map(([name, value]) => {
    const counts = new Map<string, number>();
    for (const text of records.map(value)) counts.set(text, (counts.get(text) ?? 0) + 1);
    const texts = [...counts].map(([text, count]) =>
      counts.size === 1 ? text : `${text} (${quantity(count, "run")})`,
    );
    return html`<div><dt>${name}</dt><dd>${texts.map((text) => html`<p>${text}</p>`)}</dd></div>`;
  })}</dl>`;
}

function settingsTable(settings: RunRecord["settings"]): Html {
  const lines = flattenSettings(settings).filter(([path]) => path !== "about");
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Settings of the recipe"><table>
<caption>Settings of the recipe, as <code>--set NAME=VALUE</code> takes them</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>${lines.map(([path, value]) => html`<tr><th scope="row">${path}</th><td>${settingText(value)}</td></tr>`)}
</tbody>
</table></div>`;
}

function distinct(values: readonly (string | number)[]): string {
  return [...new Set(values)].join(", ");
}
