// The report page: one HTML file with everything in it, from a comparison and the strips of its runs. Equal inputs give
// equal bytes.

import type { RunRecord } from "@dit-bench/record";
import { quantity } from "@dit-bench/text";
import { bestMethod } from "../answer.ts";
import { loadMark, samplesMark } from "../columns.ts";
import type { Comparison } from "../comparison.ts";
import { toCsv } from "../csv.ts";
import { joinWithAnd } from "../format.ts";
import { notes } from "../notes.ts";
import type { Strips } from "../strips.ts";
import { leftOutNote, methodsText, miniatureNote, rowNoun, seedsText } from "../wording.ts";
import { answerSection } from "./answer-section.ts";
import { pageAssets, policyHash } from "./assets.ts";
import { datasetsTable } from "./datasets-table.ts";
import { figureSections } from "./figure-sections.ts";
import { howSection } from "./how-section.ts";
import { type Html, html, markup, scriptJson } from "./html.ts";
import { pageData } from "./make-data.ts";
import { pageMarks } from "./marks.ts";
import { markStyles, methodsTables } from "./methods-table.ts";
import type { PageData } from "./page-data.ts";

export interface PageOptions {
  /** The strips next to a record's file; by default, the page has no gallery. */
  stripsOf?(record: RunRecord): Strips;
  /** Paths of records that could not be read; the page names them. */
  leftOut?: readonly string[];
  /** The tag of a page that a server sends: the page asks the server whether it has changed. */
  follow?: string;
}

/** The page as text. Names from records are escaped, and a policy in the page forbids all requests and foreign code. */
export function reportPage(comparison: Comparison, options: PageOptions = {}): string {
  const { stripsOf = () => ({}), leftOut = [], follow = null } = options;
  const assets = pageAssets();
  const best = bestMethod(comparison);
  const data = pageData(comparison, { best, stripsOf, follow });
  const styles = assets.styles + markStyles(pageMarks(comparison.rows));
  const scripts = [assets.earlyScript, assets.chartScript, assets.script];
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(policyHash).join(" ")}`,
    `style-src ${policyHash(styles)}`,
    "img-src data:",
    `connect-src ${follow !== null ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const marks = notes(comparison).filter((note) => note.startsWith(samplesMark) || note.startsWith(loadMark));
  const title = `Fine-tuning methods compared: ${joinWithAnd(comparison.recipes)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${markup(styles)}</style>
<script>${markup(assets.earlyScript)}</script>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
${header(comparison, title, { leftOut, sections: sectionsOf(data) })}
<span id="colour-probe" hidden></span>
<main>
${answerSection(comparison, best)}
<section id="methods-section" aria-labelledby="methods-title">
<h2 id="methods-title">Methods</h2>
${methodsTables(comparison)}
<p class="quiet">The bar beside an FID is its 95 % interval, on one scale for all rows. Rank: 1 plus the number
of ${rowNoun(comparison)}s that are better by more than chance. A heading sorts its column.
<a href="#reading">What the columns mean</a>.${marks.map((note) => ` ${note}`)}</p>
</section>
${figureSections(comparison, { datasetsTable: datasetsTable(comparison), hasCurves: data.curves.length > 0 })}
${howSection(comparison)}
</main>
<script type="application/json" id="csv">${scriptJson(toCsv(comparison))}</script>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${markup(assets.chartScript)}</script>
<script>${markup(assets.script)}</script>
</body>
</html>
`.text;
}

const contents = [
  ["answer", "Answer"],
  ["methods-section", "Methods"],
  ["charts", "Charts"],
  ["datasets-section", "Datasets"],
  ["differences-section", "Differences"],
  ["training", "Training"],
  ["gallery", "Images"],
  ["runs-section", "Runs"],
  ["how", "How it was run"],
] as const;

type Section = (typeof contents)[number];

/** The sections of this page: without curves there is none about training. */
const sectionsOf = ({ curves }: PageData): Section[] =>
  contents.filter(([id]) => id !== "training" || curves.length > 0);

interface HeaderOptions {
  leftOut: readonly string[];
  sections: readonly Section[];
}

function header(comparison: Comparison, title: string, { leftOut, sections }: HeaderOptions): Html {
  const { datasets, records, protocol, miniature } = comparison;
  const scope = [
    methodsText(comparison),
    quantity(datasets.length, "dataset"),
    seedsText(comparison),
    quantity(records.length, "run"),
    `protocol ${protocol}`,
  ].join(" · ");
  return html`<header>
<div class="top"><h1>${title}</h1>
<label class="theme">Colours <select id="theme"><option value="">as the system</option>
<option value="light">light</option><option value="dark">dark</option></select></label></div>
<p class="scope">${scope}</p>
<p class="quiet">FID compares the features of generated images with those of real ones: lower is better.
<span id="follow-status" role="status"></span></p>
${miniature && html`<p class="notice">${miniatureNote(comparison)}</p>`}
${leftOut.length > 0 && html`<p class="notice">${leftOutNote(leftOut)}</p>`}
<noscript><p class="notice">Charts, images and the table of runs need JavaScript, which is off.</p></noscript>
<nav aria-label="Contents"><ul>${sections.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}</ul></nav>
</header>`;
}
