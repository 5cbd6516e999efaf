// The sections that the page's script fills: charts, differences, training, images and the table of runs.

import { quantity } from "@dit-bench/text";
import type { Comparison } from "../comparison.ts";
import { pairingOver } from "../ranking.ts";
import { boldScope } from "../wording.ts";
import { type Html, html } from "./html.ts";

export interface FigureParts {
  /** It is complete without the script. */
  datasetsTable: Html;
  hasCurves: boolean;
}

export function figureSections(comparison: Comparison, { datasetsTable, hasCurves }: FigureParts): Html {
  const { records, datasets } = comparison;
  const baseHasClasses = records.some(({ metrics }) => metrics?.baseLabels === "dataset");
  const pairs = pairingOver(datasets.length) === "seeds" ? "seed" : "dataset, seeds averaged";
  return html`<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Charts</h2>
<div class="pair">
${figure("parameters", "FID against trainable parameters", "Below and to the left is better.")}
${figure(
  "scatter",
  "Any two metrics",
  "The line joins the points of the Pareto front: no other point is better in both metrics.",
  html`<div class="tools">${select("scatter-x", "Horizontal")}${select("scatter-y", "Vertical")}
${select("scatter-dataset", "Dataset")}${select("scatter-points", "Points")}</div>`,
)}
</div>
</section>
<section id="datasets-section" aria-labelledby="datasets-title">
<h2 id="datasets-title">Datasets</h2>
${datasetsTable}
<p class="quiet">Bold: the lowest FID of a dataset${boldScope(comparison)}.
The rank in the table of methods shows whether differences are larger than chance.</p>
</section>
<section id="differences-section" aria-labelledby="differences-title">
<h2 id="differences-title">Differences between methods</h2>
<p>FID of each method minus that of the chosen one, with the 95 % interval of the mean difference (paired t, one
difference for each ${pairs}). An interval without zero is a difference by more than chance. The level holds for each
pair, not for all pairs at once.</p>
<div class="tools">${select("reference", "Compared with")}</div>
<div id="differences"></div>
</section>
${hasCurves && trainingSection()}
<section id="gallery" aria-labelledby="gallery-title">
<h2 id="gallery-title">Images</h2>
<p>Every column starts from the same noise, and has the same class for every method.${
    !baseHasClasses && " The base model has no classes."
  }</p>
<div class="tools">${select("gallery-dataset", "Dataset")}${select("gallery-seed", "Seed")}</div>
<div id="strips"></div>
</section>
<section id="runs-section" aria-labelledby="runs-title">
<h2 id="runs-title">Runs</h2>
<div class="tools"><label>Filter runs <input type="search" id="runs-filter" autocomplete="off"></label>
${select("runs-method", "Method")}${select("runs-dataset", "Dataset")}
<button type="button" id="download-csv">Download CSV of all ${quantity(records.length, "run")}</button>
<span id="runs-count" class="quiet" role="status"></span></div>
<div id="runs"></div>
</section>`;
}

function trainingSection(): Html {
  return html`<section id="training" aria-labelledby="training-title">
<h2 id="training-title">Training</h2>
${figure(
  "curves",
  "Curves during training",
  "",
  html`<div class="tools">${select("curves-kind", "Curve")}${select("curves-dataset", "Dataset")}</div>`,
)}
</section>`;
}

function select(id: string, label: string): Html {
  return html`<label>${label} <select id="${id}"></select></label>`;
}

/** A chart with the line that repeats the values of the point below the pointer, and its values as a table. */
function figure(id: string, title: string, note: string, tools?: Html): Html {
  return html`<figure id="${id}">
<h3 id="${id}-title">${title}</h3>
${tools}
<div class="canvas"><canvas id="${id}-canvas" tabindex="0" role="img" aria-labelledby="${id}-title"
 aria-describedby="${id}-readout"></canvas></div>
<output id="${id}-readout" class="readout">Point at a mark, or press the arrow keys while the chart has the
focus.</output>
<figcaption class="quiet">${note} <span id="${id}-note"></span></figcaption>
<details><summary>Values as a table</summary><div id="${id}-values"></div></details>
</figure>`;
}
