// The style sheet and the scripts of the page, as texts with their hashes for the page's Content-Security-Policy.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The sources of the page. The compiled package reads them from `src`, too: they are sent as they are. */
const folder = fileURLToPath(new URL("../../src/page/", import.meta.url));

/** Files of the script in the order of their imports; the last one starts the page. */
const clientFiles = [
  "dom.js",
  "data.js",
  "format.js",
  "theme.js",
  "sort.js",
  "readout.js",
  "chart-parts.js",
  "label-placement.js",
  "points-chart.js",
  "scatter.js",
  "curves.js",
  "gallery.js",
  "differences.js",
  "runs-table.js",
  "downloads.js",
  "follow.js",
  "main.js",
];

export interface PageAssets {
  styles: string;
  /** Sets the theme before the page is painted. */
  earlyScript: string;
  /** chart.js with its licence notice. */
  chartScript: string;
  script: string;
}

export function pageAssets(): PageAssets {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  // The package exports no path of its file for browsers, which is beside the one for Node.
  const chartFile = join(dirname(createRequire(import.meta.url).resolve("chart.js")), "chart.umd.min.js");
  return {
    styles: read("page.css"),
    earlyScript: read("client/early-theme.js"),
    chartScript: inlineScript(readFileSync(chartFile, "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n")),
    script: inlineScript(joinModules(clientFiles.map((name) => read(`client/${name}`)))),
  };
}

/** The `sha256-…` of a script or style sheet, which the policy allows. */
export function policyHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * One script from modules that import only from earlier ones: the declarations share one block, so imports are left
 * out. An inline module cannot import another one. In a block of strict code, two declarations of one name are an
 * error.
 */
function joinModules(sources: readonly string[]): string {
  const bodies = sources.map((source) =>
    source.replaceAll(/^import [^;]*;\n/gm, "").replaceAll(/^export (?=async |const |function |let )/gm, ""),
  );
  return `"use strict";\n{\n${bodies.join("\n")}}\n`;
}

/** A script in a page ends at the first end tag, even inside a string. */
function inlineScript(source: string): string {
  if (/<\/script|<!--/i.test(source)) throw new Error("a script of the page has an end tag or a comment of HTML in it");
  return source;
}
