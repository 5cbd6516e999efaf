// The parts of the reliability command. A part is one file in `parts` and one line here.

/** @import { Part } from "./types.ts" */

/** Names of the files in `parts`, in the order in which they run. */
export const partNames = [
  "killed-runs",
  "killed-writes",
  "killed-grids",
  "claims",
  "same-cell",
  "failing-changes",
  "power-failures",
  "bit-flips",
  "parsers",
];

/**
 * @param {string} name
 * @returns {Promise<Part>}
 */
export async function loadPart(name) {
  const { part } = await import(new URL(`parts/${name}.mjs`, import.meta.url).href);
  return part;
}
