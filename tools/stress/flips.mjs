// Flips single bits in every kind of file that a run keeps, and runs again: each flip must be noticed or harmless, and
// none may change a result.
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
 * Runs the cell; `stopAt` sends SIGTERM once stderr has that text.
 *
 * @param {string} out
 * @param {{ steps?: number, stopAt?: string }} [options]
 * @returns {Promise<Run>}
 */
function run(out, { steps = 12, stopAt } = {}) {
  const flags = ["run", "--recipe", "tiny", "--method", "bitfit", "--dataset", "flowers", "--threads", "1"];
  const set = steps === 12 ? [] : ["--set", `training.steps=${steps}`];
  const child = spawn(process.execPath, [bench, ...flags, ...set, "--out", out, "--json"], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => {
    stderr += text;
    if (stopAt && stderr.includes(stopAt)) setTimeout(() => child.kill("SIGTERM"), 300);
  });
  return new Promise((done) =>
    child.on("close", (code) => {
      const json = code === 0 ? JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") : undefined;
      const record = json && JSON.parse(readFileSync(join(folder, json.record), "utf8"));
      const { metrics, weights, data, parameters, cell } = record ?? {};
      done({ code, stderr, result: record && JSON.stringify([metrics, weights, data, parameters, cell]) });
    }),
  );
}

const filesBelow = (/** @type {string} */ name) =>
  readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
const remove = (/** @type {string} */ name, /** @type {RegExp} */ pattern) => {
  for (const file of filesBelow(name)) if (pattern.test(file)) rmSync(join(folder, name, file), { force: true });
};

const finished = await run("finished");
const continued = await run("longer", { steps: 18 });
const uninterrupted = await run("uninterrupted", { steps: 2000 });
const stopped = await run("stopped", { steps: 2000, stopAt: "train: 2000 steps" });
if (finished.code || continued.code || uninterrupted.code || stopped.code !== 143)
  throw new Error(
    `the reference runs failed: ${[finished, continued, uninterrupted, stopped].map((r) => `${r.code} ${r.stderr}`)}`,
  );

/**
 * Which file is damaged, which files are removed so that it is used, and what the run must then give.
 *
 * @type {Record<string, Kind>}
 */
const kinds = {
  record: { from: "finished", file: /record\.json$/, expected: finished },
  weights: { from: "finished", file: /weights\.safetensors$/, expected: finished },
  state: { from: "finished", file: /state\.safetensors$/, steps: 18, expected: continued },
  "base samples": { from: "finished", file: /base\/[^.].*safetensors$/, without: /record\.json$/, expected: finished },
  "latents cache": {
    from: "finished",
    file: /^latents\/[^.]/,
    without: /(record|weights|state)\.(json|safetensors)$/,
    expected: finished,
  },
  checkpoint: { from: "stopped", file: /checkpoint\.safetensors$/, steps: 2000, expected: uninterrupted },
};

/** @type {Record<string, Record<string, number>>} */
const tally = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, {}]));
let wrong = 0;
for (let i = 0; i < flips; i++) {
  const kind = Object.keys(kinds)[i % Object.keys(kinds).length];
  const { from, file, without, steps, expected } = kinds[kind];
  rmSync(join(folder, "damaged"), { recursive: true, force: true });
  cpSync(join(folder, from), join(folder, "damaged"), { recursive: true });
  if (without) remove("damaged", without);
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
  if (verdict === "ANOTHER RESULT" || (code !== 0 && !noticed)) wrong++;
  tally[kind][verdict] = (tally[kind][verdict] ?? 0) + 1;
}
console.table(tally);
console.log(`${flips} flips, ${wrong} that were not noticed and not harmless`);
if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
process.exitCode = wrong > 0 ? 1 : 0;
