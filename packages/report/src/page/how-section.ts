// How the runs were made: the commands that run them again, the methods' settings, machines and versions.

import type { RunRecord } from "@dit-bench/record";
import { printable, quantity, quoteForShell } from "@dit-bench/text";
import { type Column, tableColumns } from "../columns.ts";
import type { Comparison, MethodRow } from "../comparison.ts";
import { notes } from "../notes.ts";
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
  const runs = Math.max(...seeds) < seeds.length ? gridCommands(comparison, seeds.length) : rows.flatMap(runCommands);
  const recipe = recipes[0]!;
  return [
    ...runs,
    ["npx", "bench", "table", "--from", "runs", "--out", `results/${recipe}`],
    ["npx", "bench", "report", "--recipe", recipe],
  ].map((words) => words.map((word) => quoteForShell(printable(word))));
}

function runCommands(row: MethodRow): string[][] {
  return row.records.map((record) => [
    ...["npx", "bench", "run", "--recipe", record.recipe, "--method", row.method],
    ...(record.data.source === "folder" ? ["--data", "FOLDER"] : ["--dataset", record.cell.dataset]),
    ...["--seed", String(record.cell.seed)],
    ...(record.cell.variant === undefined ? [] : ["--variant", record.cell.variant.name]),
    ...optionFlags(row).flatMap((option) => ["--set", option]),
  ]);
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
      const options = chosen.flatMap(optionFlags).sort();
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

function optionFlags({ records }: MethodRow): string[] {
  const { cell, training } = records[0]!;
  // A rate that differs from the method's own by rounding only counts as its own.
  const rate = training.learningRate && { learningRate: Number(training.learningRate.toPrecision(15)) };
  return Object.entries({ ...cell.options, ...rate }).map(([name, value]) => `${cell.method}.${name}=${plain(value)}`);
}

function methodsUsed(rows: readonly MethodRow[]): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Settings of the methods"><table>
<caption>Settings of the methods</caption>
<thead><tr><th scope="col">Method</th><th scope="col">Package</th><th scope="col">Options</th>
<th scope="col">Learning rate</th><th scope="col" class="number">Runs</th></tr></thead>
<tbody>${rows.map(({ label, records }) => {
    const rates = distinct(records.map(rateText));
    const options = Object.entries(records[0]!.cell.options).map(([name, value]) => `${name} ${plain(value)}`);
    return html`<tr><th scope="row">${label}</th><td>${distinct(records.map(({ cell }) => cell.methodSource))}</td>
<td>${options.join(", ") || "none"}</td><td>${rates}</td><td class="number">${records.length}</td></tr>`;
  })}</tbody></table></div>`;
}

function rateText({ training, tuning }: RunRecord): string {
  if (training.learningRate === undefined) return "not recorded";
  const isTuned = tuning?.option === "training.learningRate";
  return `${Number(training.learningRate.toPrecision(6))}${isTuned ? ", chosen by a sweep" : ""}`;
}

/** Facts that may differ between runs, with all their values. A further one is one entry. */
const facts: readonly [name: string, value: (record: RunRecord) => string][] = [
  ["Protocol", ({ protocol }) => protocol],
  ["Training", ({ training }) => `${training.steps} steps, batches of ${training.batch}`],
  ["Training images", ({ data }) => `${quantity(data.images, "image")} of ${data.size}×${data.size} pixels`],
  ["Held-out images", ({ data }) => (data.heldOut ? quantity(data.heldOut.images, "image") : "none")],
  ["Scores", ({ metrics }) => (metrics === null ? "none, diverged" : scoring(metrics))],
  ["Engine", ({ engine }) => `${engine.name}, ${quantity(engine.threads, "thread")}`],
  ["Machine", ({ machine }) => machineText(machine)],
  ["Program", ({ code }) => programText(code)],
  ["Packages", ({ versions, machine }) => packagesText(versions, machine.node)],
  ["Base model", ({ weights }) => `SHA-256 ${weights.base.slice(0, 16)}…`],
  ["Extractor's weights", ({ weights }) => `SHA-256 ${weights.extractor.slice(0, 16)}…`],
];

function scoring({ generated, real, extractor, resizer }: NonNullable<RunRecord["metrics"]>): string {
  return `${generated} generated against ${real} real images, features of ${extractor}, resizer ${resizer}`;
}

function machineText({ cpu, cores, memoryGB, gpu, os }: RunRecord["machine"]): string {
  return `${cpu}, ${quantity(cores, "core")}, ${memoryGB} GB${gpu === null ? "" : `, ${gpu}`}, ${os}`;
}

function programText({ version, commit, clean }: RunRecord["code"]): string {
  const state = clean === false ? " with uncommitted changes" : "";
  return `dit-bench ${version}${commit === null ? "" : `, commit ${commit.slice(0, 7)}${state}`}`;
}

function packagesText(versions: RunRecord["versions"], node: string): string {
  return [`Node ${node}`, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].join(", ");
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
  const lines = flatten(settings).filter(([path]) => path !== "about");
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Settings of the recipe"><table>
<caption>Settings of the recipe, as <code>--set NAME=VALUE</code> takes them</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
<tbody>${lines.map(([path, value]) => html`<tr><th scope="row">${path}</th><td>${plain(value)}</td></tr>`)}</tbody>
</table></div>`;
}

function flatten(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === "" ? key : `${path}.${key}`));
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function distinct(values: readonly (string | number)[]): string {
  return [...new Set(values)].join(", ");
}
