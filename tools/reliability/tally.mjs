// Counts the attempts of a part, and formats the table and the page docs/reliability.md.

import { machine, versions } from "@dit-bench/runner/parts";

/** @import { Finished, Part, Row, Size, Trial } from "./types.ts" */

/**
 * Runs a part, and counts its attempts by what was tried.
 *
 * @param {string} name
 * @param {AsyncIterable<Trial>} trials
 * @param {(tried: number, loss: string | undefined) => void} [onTrial]
 * @returns {Promise<Finished>}
 */
export async function tally(name, trials, onTrial) {
  const begun = performance.now();
  /** @type {Map<string, Row & { tried: number, outcomes: Record<string, number>, losses: string[] }>} */
  const rows = new Map();
  let tried = 0;
  for await (const { what, outcome, count = 1, loss } of trials) {
    const row = rows.get(what) ?? { part: name, what, tried: 0, outcomes: {}, losses: [] };
    rows.set(what, row);
    row.tried += count;
    row.outcomes[outcome] = (row.outcomes[outcome] ?? 0) + count;
    if (loss !== undefined) row.losses.push(loss);
    tried += count;
    onTrial?.(tried, loss);
  }
  return { part: name, rows: [...rows.values()], seconds: (performance.now() - begun) / 1000 };
}

/** Number of losses in all rows. @param {readonly Finished[]} finished */
export const lossesIn = (finished) =>
  finished.flatMap(({ rows }) => rows).reduce((sum, { losses }) => sum + losses.length, 0);

/** "no losses", "1 loss". @param {readonly Finished[]} finished */
export function countLosses(finished) {
  const count = lossesIn(finished);
  return count === 0 ? "no losses" : `${withCommas(count)} ${count === 1 ? "loss" : "losses"}`;
}

const withCommas = (/** @type {number} */ count) => count.toLocaleString("en");

/**
 * One line for each row, as a Markdown table.
 *
 * @param {readonly Finished[]} finished
 */
export function formatTable(finished) {
  const lines = finished.flatMap(({ rows }) =>
    rows.map(({ part, what, tried, outcomes, losses }) => {
      const ends = Object.entries(outcomes).map(([outcome, count]) => `${outcome}: ${withCommas(count)}`);
      return `| \`${part}\` | ${what} | ${withCommas(tried)} | ${ends.join("; ")} | ${losses.length} |`;
    }),
  );
  return ["| part | what was tried | times | how it ended | lost |", "|---|---|--:|---|--:|", ...lines, ""].join("\n");
}

/**
 * The page docs/reliability.md.
 *
 * @param {object} facts
 * @param {Size} facts.size
 * @param {string} facts.commit
 * @param {readonly Finished[]} facts.finished
 * @param {ReadonlyMap<string, Part>} facts.parts
 */
export function formatPage({ size, commit, finished, parts }) {
  const { cpu, cores, memoryGB, node } = machine();
  const packages = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  const tried = finished.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.tried, 0);
  const explanations = finished.map(
    ({ part, seconds }) => `- \`${part}\` (${Math.ceil(seconds / 60)} min): ${parts.get(part)?.about}`,
  );
  return `# Reliability

This page lists what was done to runs, grids and files, and what was lost. A loss is a result that differs, a finished
run that is gone, a command that does not work when it is given again, a process that stays, or a parser that crashes.
\`npm run reliability -- --size ${size} --write\` makes this page; [tools](../tools/README.md#reliability) lists what it
needs.

${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, ${memoryGB} GB; Node ${node},
${packages.join(", ")};
commit ${commit}. ${withCommas(tried)} attempts, ${countLosses(finished)}.

${formatTable(finished)}
The parts, and their time:

${explanations.join("\n")}
`;
}
