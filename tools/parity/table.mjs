// The parity table, and the page docs/parity.md, as Markdown.

import { machine, versions } from "@dit-bench/runner/parts";

/** @import { Page, PageRow, Row } from "./types.ts" */

/** @param {Row} row */
export const within = ({ worst, tolerance }) => worst !== null && worst <= tolerance;

/** @param {readonly Row[]} rows */
export function table(rows) {
  const lines = rows.map((row) => {
    const { part, size, worst, tolerance, unit, note } = row;
    const figure = (/** @type {number | null} */ v) =>
      `${v === null ? "not a number" : number(v, unit)}${unit ? ` ${unit}` : ""}`;
    const cells = [part + (note ? ` (${note})` : ""), size, figure(worst), figure(tolerance)];
    return `| ${cells.join(" | ")} | ${within(row) ? "yes" : "**no**"} |`;
  });
  return ["| part | size | worst difference | at most | holds |", "|---|---|---|---|---|", ...lines, ""].join("\n");
}

/** @param {Page} page */
export function document({ rows, times, skipped, failed }) {
  const { cpu, cores, memoryGB, node } = machine();
  const packages = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  const holding = rows.filter(within).length;
  const durations = times.map(({ part, size, seconds }) => `${part} (${size}) ${seconds.toFixed(0)} s`);
  return `# Parity

This page compares every part that has a counterpart in another program with that program. Both get the same numbers:
random weights of the true architecture and layout, which the reference program writes. The published weights are not
available where this is developed. \`npm run parity -- --write\` makes this page; [tools](../tools/README.md) lists
what it needs. A difference is the largest absolute difference of all numbers, unless the part states that it is
relative.

${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGB} GB; Node ${node},
${packages.join(", ")};
Python packages as in \`tools/parity/requirements.txt\`.
${holding} of ${rows.length} hold.

## At the true sizes

${table(rows.filter(({ at }) => at === "true"))}
## At small sizes

${table(rows.filter(({ at }) => at === "tiny"))}
${[...skipped, ...failed].map(({ part, size, why }) => `Not measured: ${part}, ${size}: ${why}.\n`).join("")}
Time, including the reference programs:

${durations.map((d) => `- ${d}`).join("\n")}
`;
}

/**
 * @param {number} v
 * @param {string} [unit]
 */
function number(v, unit) {
  if (v === 0) return "0";
  return unit || v >= 1 ? v.toPrecision(3).replace(/\.0+$/, "") : v.toExponential(1);
}
