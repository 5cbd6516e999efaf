// The tests' small recipe, run in this process or by the command. It works on an autoencoder's latents, so that it has
// all kinds of files: record, weights, kept state, checkpoint, base samples, latents cache.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "@dit-bench/compiler";
import { loadMethod, loadRecipe, runCell } from "@dit-bench/runner";
import { tinyRecipe } from "../../packages/cli/dist/tiny-recipe.test.data.js";

export const bench = fileURLToPath(new URL("../../packages/cli/bin/bench.js", import.meta.url));

/** What a run's result consists of: equal runs have equal texts. @param {any} record */
export const resultOf = ({ metrics, weights, data, parameters, cell, training }) =>
  JSON.stringify([metrics, weights, data, parameters, cell, training.loss, training.fixedBatchLoss, training.fid]);

/**
 * The outcome of the cell: its result, and whether all of its files were there before.
 *
 * @typedef {{ result: string, isWhole: boolean }} Outcome
 */

/**
 * The cell, run in this process.
 *
 * @param {string} folder
 * @returns {Promise<(out: string, settings: Readonly<Record<string, number>>) => Promise<Outcome>>} runs the cell with
 *   settings of the recipe
 */
export async function smallCell(folder) {
  const recipeFolder = tinyRecipe(join(folder, "tiny"), { latents: true });
  const engine = await createEngine("cpu", { threads: 1 });
  const method = await loadMethod("bitfit");
  return async (out, settings) => {
    const recipe = loadRecipe(recipeFolder, settings);
    const dataset = { name: "flowers" };
    const task = { recipe, method, options: {}, dataset, seed: 0, engine, out, listener: {} };
    const { record, already, remade } = await runCell(task);
    return { result: resultOf(record), isWhole: already && remade.length === 0 };
  };
}

/**
 * @typedef {object} Run
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stderr
 * @property {number} seconds
 * @property {string | undefined} result of a run that finished
 */

/** The environment of commands: nothing is fetched there, so that `auto` takes the engine `cpu`. */
export const environment = (/** @type {string} */ folder) => ({ ...process.env, DIT_BENCH_HOME: join(folder, "home") });

/**
 * The cell, run by the command in `folder`.
 *
 * @param {string} folder
 */
export function smallCommand(folder) {
  tinyRecipe(join(folder, "tiny"), { latents: true });
  const fixed = ["run", "--recipe", "tiny", "--method", "bitfit", "--dataset", "flowers", "--threads", "1", "--json"];
  /**
   * @param {string} out
   * @param {object} [options]
   * @param {Readonly<Record<string, number>>} [options.settings] of the recipe
   * @param {string} [options.stopAt] text on stderr after which the process receives SIGTERM
   * @param {number} [options.killAfter] seconds after which it receives SIGKILL
   * @returns {Promise<Run>}
   */
  return (out, { settings = {}, stopAt, killAfter } = {}) => {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
    const begun = performance.now();
    const child = spawn(process.execPath, [bench, ...fixed, ...flags, "--out", out], {
      cwd: folder,
      env: environment(folder),
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), 1e3 * killAfter);
    let [stdout, stderr, isStopping] = ["", "", false];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => {
      stderr += text;
      if (stopAt === undefined || isStopping || !stderr.includes(stopAt)) return;
      isStopping = true; // a second signal would end the process without a checkpoint
      setTimeout(() => child.kill("SIGTERM"), 300);
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        const seconds = (performance.now() - begun) / 1e3;
        const answer = code === 0 ? JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") : undefined;
        const record = answer && JSON.parse(readFileSync(join(folder, answer.record), "utf8"));
        resolve({ code, signal, stderr, seconds, result: record && resultOf(record) });
      });
    });
  };
}

/** The last line that a failed command printed. @param {Run} run */
export const lastLineOf = ({ code, signal, stderr }) =>
  `${signal ?? `exit code ${code}`}: ${stderr.trimEnd().split("\n").at(-1)}`;
