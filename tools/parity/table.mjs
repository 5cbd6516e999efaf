// Formats the parity table and the page docs/parity.md as Markdown.

import { machine, versions } from "@dit-bench/runner/parts";

/** @import { Page, PageRow, Row, Run } from "./types.ts" */

/** @param {Row} row */
export const isWithinTolerance = ({ worst, tolerance }) => worst !== null && worst <= tolerance;

/** @param {Run} run */
export const textOf = ({ part, size, engine }) => `${part}, ${size}, on ${engine}`;

/** @param {readonly Row[]} rows */
export function formatTable(rows) {
  const lines = rows.map((row) => {
    const { part, size, worst, tolerance, unit, note } = row;
    const formatFigure = (/** @type {number | null} */ v) =>
      `${v === null ? "not a number" : formatNumber(v, unit)}${unit ? ` ${unit}` : ""}`;
    const cells = [part + (note ? ` (${note})` : ""), size, formatFigure(worst), formatFigure(tolerance)];
    return `| ${cells.join(" | ")} | ${isWithinTolerance(row) ? "yes" : "**no**"} |`;
  });
  return ["| part | size | worst difference | at most | holds |", "|---|---|---|---|---|", ...lines, ""].join("\n");
}

/** @param {Page} page */
export function formatPage({ engines: [engine, ...otherEngines], rows, times, skippedParts, failedParts }) {
  const { cpu, cores, memoryGB, node } = machine();
  const packages = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  const heldCount = rows.filter(isWithinTolerance).length;
  const missingRows = [...skippedParts, ...failedParts].map(
    ({ reason, ...run }) => `Not measured: ${textOf(run)}: ${reason}.\n`,
  );
  const durations = times.map(({ seconds, ...run }) => `${textOf(run)}: ${seconds.toFixed(0)} s`);
  const tableOf = (/** @type {string | undefined} */ engine, /** @type {string} */ size) =>
    formatTable(rows.filter(({ run }) => run.engine === engine && run.size === size));
  return `# Parity

This page compares every part that has a counterpart in another program with that program. Both get the same numbers:
random weights of the true architecture and layout, which the reference program writes. The published weights are not
available where this is developed. \`npm run parity -- --write\` makes this page; [tools](../tools/README.md) lists
what it needs. A difference is the largest absolute difference of all numbers, unless the part states that it is
relative.

${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGB} GB; Node ${node},
${packages.join(", ")};
Python packages as in \`tools/parity/requirements.txt\`.
Networks run on the engine \`${engine}\`, unless the section names another. ${heldCount} of ${rows.length} hold.

## At the true sizes

${tableOf(engine, "true")}
## At small sizes

${tableOf(engine, "tiny")}
${otherEngines.map((other) => `## On \`${other}\`\n\n${tableOf(other, "true")}\n${tableOf(other, "tiny")}\n`).join("")}
${missingRows.join("")}
Time, including the reference programs:

${durations.map((d) => `- ${d}`).join("\n")}
`;
}

/**
 * @param {number} v
 * @param {string} [unit]
 */
function formatNumber(v, unit) {
  if (v === 0) return "0";
  return unit || v >= 1 ? v.toPrecision(3).replace(/\.0+$/, "") : v.toExponential(1);
}
