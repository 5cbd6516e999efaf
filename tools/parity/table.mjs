// The parity table as Markdown.

import { machine, versions } from "@dit-bench/runner/parts";

/** A row's worst is null where it was not a number. */
export const within = ({ worst, tolerance }) => worst !== null && worst <= tolerance;

export function table(rows) {
  const lines = rows.map((row) => {
    const { part, size, worst, tolerance, unit, note } = row;
    const figure = (v) => `${v === null ? "not a number" : number(v, unit)}${unit ? ` ${unit}` : ""}`;
    return `| ${part}${note ? ` (${note})` : ""} | ${size} | ${figure(worst)} | ${figure(tolerance)} | ${within(row) ? "yes" : "**no**"} |`;
  });
  return ["| part | size | worst difference | at most | holds |", "|---|---|---|---|---|", ...lines, ""].join("\n");
}

export function document({ rows, times, left, broken }) {
  const { cpu, cores, memoryGB, node } = machine();
  const packages = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  const failed = rows.filter((row) => !within(row)).length;
  const took = times.map(({ part, size, seconds }) => `${part} (${size}) ${seconds.toFixed(0)} s`);
  return `# Parity

Every part that has a counterpart elsewhere, held against it on the same numbers: random weights of the true architecture and layout, written by the
reference programs themselves, because no published weights can be had where this is developed. \`npm run parity -- --write\` makes this page;
[tools](../tools/README.md) says what it needs. A difference is the largest absolute one of all numbers, unless the part says relative.

${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGB} GB; Node ${node}, ${packages.join(", ")}; Python packages as in \`tools/parity/requirements.txt\`.
${rows.length - failed} of ${rows.length} hold.

## At the true sizes

${table(rows.filter(({ at }) => at === "true"))}
## At small sizes

${table(rows.filter(({ at }) => at === "tiny"))}
${[...left, ...broken].map(({ part, size, why }) => `Not measured: ${part}, ${size}: ${why}.\n`).join("")}
Time, with the reference programs' own: ${took.join(", ")}.
`;
}

function number(v, unit) {
  if (v === 0) return "0";
  return unit || v >= 1 ? v.toPrecision(3).replace(/\.0+$/, "") : v.toExponential(1);
}
