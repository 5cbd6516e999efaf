// The runs that fail in `parts/failing-changes.mjs` and `parts/power-failures.mjs`: a first run, and one that continues
// a finished run, which must not be lost.

import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { smallCell } from "./small-cell.mjs";

/** Steps of the run that is tried, and of the one that its folder has before it. */
const steps = [
  { name: "a first run", after: 12, before: /** @type {number | undefined} */ (undefined) },
  { name: "a run that continues a finished one", after: 18, before: 12 },
];

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} out the folder of the runs
 * @property {Readonly<Record<string, number>>} settings of the cell that is tried
 * @property {() => Promise<string>} run runs that cell; returns its result
 * @property {() => void} reset brings the folder back to what it was before
 * @property {(expected: string) => Promise<string | undefined>} problem what is wrong after the failure: with the
 *   earlier run, which must be there as a whole, or with the result of the same cell
 */

/**
 * @param {string} folder
 * @returns {AsyncGenerator<Scenario>}
 */
export async function* scenariosIn(folder) {
  const cell = await smallCell(folder);
  const out = join(folder, "runs");
  const start = join(folder, "start");
  const settingsOf = (/** @type {number} */ count) => ({ "training.steps": count });
  for (const { name, after, before } of steps) {
    rmSync(start, { recursive: true, force: true });
    rmSync(out, { recursive: true, force: true });
    const earlier = before === undefined ? undefined : await cell(out, settingsOf(before));
    if (existsSync(out)) cpSync(out, start, { recursive: true });
    yield {
      name,
      out,
      settings: settingsOf(after),
      run: async () => (await cell(out, settingsOf(after))).result,
      reset() {
        rmSync(out, { recursive: true, force: true });
        if (before !== undefined) cpSync(start, out, { recursive: true });
      },
      async problem(expected) {
        try {
          if (before !== undefined) {
            const { result, isWhole } = await cell(out, settingsOf(before));
            if (!isWhole || result !== earlier?.result) return "the earlier run is lost";
          }
          if ((await cell(out, settingsOf(after))).result !== expected) return "another result";
        } catch (error) {
          return `the same command fails: ${/** @type {Error} */ (error).message}`;
        }
      },
    };
  }
}
