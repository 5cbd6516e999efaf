// The table that the fuzzer prints.

/** @import { Tally } from "./types.ts" */

const heads = ["target", "inputs", "accepted", "refused", "faults", "seconds"];

/**
 * One line for each target, and the sums.
 *
 * @param {readonly (readonly [string, Tally])[]} tallies
 */
export function formatTallies(tallies) {
  const rows = tallies.map(([name, { inputs, accepted, refused, faults, seconds }]) => {
    return [name, inputs, accepted, refused, faults.length, Math.ceil(seconds)];
  });
  const sums = heads.map((_, column) =>
    column === 0 ? "all" : rows.reduce((total, row) => total + Number(row[column]), 0),
  );
  const cells = [heads, ...rows, sums].map((row) => row.map((cell) => cell.toLocaleString("en")));
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "))
    .map((line) => `${line}\n`)
    .join("");
}
