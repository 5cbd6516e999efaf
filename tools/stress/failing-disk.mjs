// Runs a cell on a disk that fails, and after power failures: nothing that was finished may be lost, the error must
// name the disk, and the same command must then give the same result.
//
//     npm run build
//     node tools/stress/failing-disk.mjs [--every 1] [--power 300]
//
// Every --every-th change of a file fails (a write, flush, rename, new file or folder), once and for good. --power is
// the number of moments of power failures, of all that the changes allow, evenly spaced. The exit code is 1 if
// something was lost.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngine } from "@dit-bench/compiler";
import { onFailingDisk, recordChanges, statesAfterPowerFailure, writeFiles } from "@dit-bench/files/testing";
import { exitCodes, loadMethod, loadRecipe, runCell } from "@dit-bench/runner";
import { exitCodeOf } from "../../packages/cli/dist/report-error.js";
import { tinyRecipe } from "../../packages/cli/dist/tiny-recipe.test.data.js";

/**
 * @typedef {object} Trial
 * @property {string} scenario
 * @property {string} failure what failed
 * @property {string} outcome
 * @property {boolean} isLoss
 */

const { values } = parseArgs({
  options: { every: { type: "string", default: "1" }, power: { type: "string", default: "300" } },
});
const [every, power] = [Number(values.every), Number(values.power)];

/** Settings of the run that is tried, and of the one that its folder has before it. */
const scenarios = [
  { name: "first run", steps: 12, before: /** @type {number | undefined} */ (undefined) },
  { name: "run that continues a finished one", steps: 18, before: 12 },
];

const modes = /** @type {const} */ ([
  { forGood: false, code: "EIO" },
  { forGood: true, code: "ENOSPC" },
]);

/**
 * Runs the cell with each failure, in a folder of its own.
 *
 * @param {(trial: Trial) => void} note called after each failure
 */
async function tryFailures(note) {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-failing-"));
  const engine = await createEngine("cpu", { threads: 1 });
  const recipeFolder = tinyRecipe(join(place, "tiny"), { latents: true });
  const method = await loadMethod("bitfit");
  const out = join(place, "runs");

  /** Runs the cell in `out`; returns what the result consists of. @param {number} steps */
  async function run(steps) {
    const recipe = loadRecipe(recipeFolder, { "training.steps": steps });
    const dataset = { name: "flowers" };
    const { record } = await runCell({ recipe, method, options: {}, dataset, seed: 0, engine, out, listener: {} });
    const { metrics, weights, data, parameters, cell } = record;
    return JSON.stringify([metrics, weights, data, parameters, cell]);
  }

  /** The first difference after the same command: an error, or another result. @param {number} steps */
  const problemOfRerun = async (steps, /** @type {string} */ expected) => {
    try {
      return (await run(steps)) === expected ? undefined : "ANOTHER RESULT";
    } catch (error) {
      return `THE SAME COMMAND FAILS: ${/** @type {Error} */ (error).message}`;
    }
  };

  try {
    for (const { name, steps, before } of scenarios) {
      const start = join(place, "start");
      rmSync(start, { recursive: true, force: true });
      rmSync(out, { recursive: true, force: true });
      if (before !== undefined) {
        await run(before);
        cpSync(out, start, { recursive: true });
      }
      const reset = () => {
        rmSync(out, { recursive: true, force: true });
        if (before !== undefined) cpSync(start, out, { recursive: true });
      };
      const earlier = before === undefined ? undefined : await run(before);
      const isEarlierKept = async () => before === undefined || (await run(before)) === earlier;

      const { changes, value: expected, error } = await onFailingDisk(place, { failing: 0 }, () => run(steps));
      if (expected === undefined) throw error;
      for (let failing = 1; failing <= changes.length; failing += every)
        for (const mode of modes) {
          reset();
          const failed = await onFailingDisk(place, { failing, ...mode }, () => run(steps));
          const { kind, path } = changes[failing - 1];
          const failure = `${kind} of ${path.slice(place.length + 1)}, ${mode.code}${mode.forGood ? " for good" : ""}`;
          const message = /** @type {Error | undefined} */ (failed.error)?.message ?? "";
          const code = failed.error instanceof Error ? exitCodeOf(failed.error) : 0;
          const problem =
            code !== 0 && code !== exitCodes.io
              ? `EXIT CODE ${code}: ${message}`
              : failed.error === undefined && failed.value !== expected
                ? "ANOTHER RESULT"
                : ((await problemOfRerun(steps, expected)) ??
                  ((await isEarlierKept()) ? undefined : "THE EARLIER RUN IS LOST"));
          const outcome = problem ?? (code === 0 ? "finished" : "refused");
          note({ scenario: name, failure, outcome, isLoss: problem !== undefined });
        }

      reset();
      mkdirSync(out, { recursive: true });
      const recording = await recordChanges(out, () => run(steps));
      const states = recording.changes.flatMap((_, count) =>
        [...statesAfterPowerFailure(recording, count + 1)].map((files, i) => ({ files, count: count + 1, i })),
      );
      const step = Math.max(1, states.length / power);
      for (let at = 0; at < states.length && power > 0; at += step) {
        const { files, count, i } = states[Math.floor(at)];
        writeFiles(out, files);
        const problem =
          (await problemOfRerun(steps, expected)) ?? ((await isEarlierKept()) ? undefined : "THE EARLIER RUN IS LOST");
        const failure = `power failure after change ${count} of ${recording.changes.length}, state ${i}`;
        note({ scenario: name, failure, outcome: problem ?? "same result", isLoss: problem !== undefined });
      }
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const begun = performance.now();
const elapsed = () => `${Math.round((performance.now() - begun) / 1000)} s`;
/** @type {Record<string, Record<string, number>>} */
const tally = {};
let [count, losses] = [0, 0];
await tryFailures(({ scenario, failure, outcome, isLoss }) => {
  if (isLoss) console.log(`${scenario}: ${failure}: ${outcome}`);
  if (++count % 20 === 0) console.error(`${count} failures in ${elapsed()}`);
  losses += isLoss ? 1 : 0;
  const row = `${scenario}, ${failure.startsWith("power") ? "power failure" : "failing change"}`;
  const column = isLoss ? "LOST" : outcome;
  tally[row] ??= {};
  tally[row][column] = (tally[row][column] ?? 0) + 1;
});
console.table(tally);
console.log(`${count} failures in ${elapsed()}, ${losses} losses`);
process.exitCode = losses > 0 ? 1 : 0;
