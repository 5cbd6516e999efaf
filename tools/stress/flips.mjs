// Flips single bits in every kind of file that a run keeps, and runs the cell again. Each flip must be noticed or
// harmless, and no flip may change a result.
//
//     node tools/stress/flips.mjs [FLIPS]
//
// The tests' small recipe on an autoencoder's latents has all kinds of files: record, weights, kept state, base
// samples, latents cache, and the checkpoint of an interrupted run. The store of decoded images exists only for sets
// above 2 GB; packages/datasets/src/folder/store-folder.test.ts tests it.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tinyRecipe } from "../../packages/cli/dist/tiny-recipe.test.data.js";
import { integers } from "../../packages/random/dist/index.js";

const flips = Number(process.argv[2] ?? 200);
const bench = fileURLToPath(new URL("../../packages/cli/bin/bench.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dit-bench-flips-"));
tinyRecipe(join(folder, "tiny"), { latents: true });

/** @typedef {{ code: number | null, stderr: string, result: string | undefined }} Run */
/** @typedef {{ from: string, file: RegExp, without?: RegExp, steps?: number, expected: Run }} Kind */

/**
 * Runs the cell. With `stopAt` it receives SIGTERM as soon as stderr contains this text.
 *
 * @param {string} out
 * @param {{ steps?: number, stopAt?: string }} [options]
 * @returns {Promise<Run>}
 */
function run(out, { steps = 12, stopAt } = {}) {
  const flags = ["run", "--recipe", "tiny", "--method", "bitfit", "--dataset", "flowers", "--threads", "1"];
  const settingFlags = steps === 12 ? [] : ["--set", `training.steps=${steps}`];
  const child = spawn(process.execPath, [bench, ...flags, ...settingFlags, "--out", out, "--json"], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => {
    stderr += text;
    if (stopAt && stderr.includes(stopAt)) setTimeout(() => child.kill("SIGTERM"), 300);
  });
  return new Promise((resolve) =>
    child.on("close", (code) => {
      const json = code === 0 ? JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") : undefined;
      const record = json && JSON.parse(readFileSync(join(folder, json.record), "utf8"));
      const { metrics, weights, data, parameters, cell } = record ?? {};
      resolve({ code, stderr, result: record && JSON.stringify([metrics, weights, data, parameters, cell]) });
    }),
  );
}

const filesBelow = (/** @type {string} */ name) =>
  readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
const removeFiles = (/** @type {string} */ name, /** @type {RegExp} */ pattern) => {
  for (const file of filesBelow(name)) if (pattern.test(file)) rmSync(join(folder, name, file), { force: true });
};

const finishedRun = await run("finished");
const continuedRun = await run("longer", { steps: 18 });
const uninterruptedRun = await run("uninterrupted", { steps: 2000 });
const stoppedRun = await run("stopped", { steps: 2000, stopAt: "train: 2000 steps" });
if (finishedRun.code || continuedRun.code || uninterruptedRun.code || stoppedRun.code !== 143) {
  const referenceRuns = [finishedRun, continuedRun, uninterruptedRun, stoppedRun];
  throw new Error(`the reference runs failed: ${referenceRuns.map((r) => `${r.code} ${r.stderr}`)}`);
}

/**
 * For each kind of file: the damaged file, the files removed so that the run reads it, and the expected result.
 *
 * @type {Record<string, Kind>}
 */
const kinds = {
  record: { from: "finished", file: /record\.json$/, expected: finishedRun },
  weights: { from: "finished", file: /weights\.safetensors$/, expected: finishedRun },
  state: { from: "finished", file: /state\.safetensors$/, steps: 18, expected: continuedRun },
  "base samples": {
    from: "finished",
    file: /base\/[^.].*safetensors$/,
    without: /record\.json$/,
    expected: finishedRun,
  },
  "latents cache": {
    from: "finished",
    file: /^latents\/[^.]/,
    without: /(record|weights|state)\.(json|safetensors)$/,
    expected: finishedRun,
  },
  checkpoint: { from: "stopped", file: /checkpoint\.safetensors$/, steps: 2000, expected: uninterruptedRun },
};

/** @type {Record<string, Record<string, number>>} */
const tally = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, {}]));
let wrongCount = 0;
for (let i = 0; i < flips; i++) {
  const kind = Object.keys(kinds)[i % Object.keys(kinds).length];
  const { from, file, without, steps, expected } = kinds[kind];
  rmSync(join(folder, "damaged"), { recursive: true, force: true });
  cpSync(join(folder, from), join(folder, "damaged"), { recursive: true });
  if (without) removeFiles("damaged", without);
  const path = join(folder, "damaged", filesBelow("damaged").find((name) => file.test(name)) ?? "");
  const bytes = readFileSync(path);
  const [bit] = integers(0, "flips", i, 1, 8 * bytes.length);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  writeFileSync(path, bytes);
  const { code, stderr, result } = await run("damaged", steps ? { steps } : {});
  const noticed = /made again|run again|damaged|digest|SHA-256|checksum|CRC|cannot be used|not valid|corrupt/i.test(
    stderr,
  );
  const verdict =
    code !== 0
      ? `refused (${code})`
      : result !== expected.result
        ? "ANOTHER RESULT"
        : noticed
          ? "noticed, same result"
          : "harmless";
  if (verdict === "ANOTHER RESULT") console.log(`${kind}: bit ${bit & 7} of byte ${bit >> 3}\n${stderr}`);
  if (verdict === "ANOTHER RESULT" || (code !== 0 && !noticed)) wrongCount++;
  tally[kind][verdict] = (tally[kind][verdict] ?? 0) + 1;
}
console.table(tally);
console.log(`${flips} flips, ${wrongCount} that were not noticed and not harmless`);
if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
process.exitCode = wrongCount > 0 ? 1 : 0;
