// Flips single bits in every kind of file that a run keeps, and runs again: each flip must be noticed or harmless, and none may give another
// number.   node tools/stress/flips.mjs [FLIPS]
//
// A small recipe on an autoencoder's latents (that of the tests) has all kinds: record, weights, kept state, base samples, latents
// cache, and the checkpoint of an interrupted run. The store of decoded images, which only sets above 2 GB have, is in
// packages/datasets/src/folder/store-folder.test.ts.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tinyRecipe } from "../../packages/cli/dist/tiny-recipe.test.data.js";
import { integers } from "../../packages/random/dist/index.js";

const flips = Number(process.argv[2] ?? 200);
const bench = fileURLToPath(new URL("../../packages/cli/bin/bench.js", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "dit-bench-flips-"));
tinyRecipe(join(place, "tiny"), { latents: true });

/** Runs the cell; `stopAt` sends SIGTERM once stderr has that text. */
function run(out, { steps = 12, stopAt } = {}) {
  const flags = ["run", "--recipe", "tiny", "--method", "bitfit", "--dataset", "flowers", "--threads", "1"];
  const set = steps === 12 ? [] : ["--set", `training.steps=${steps}`];
  const child = spawn(process.execPath, [bench, ...flags, ...set, "--out", out, "--json"], { cwd: place });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => {
    stderr += text;
    if (stopAt && stderr.includes(stopAt)) setTimeout(() => child.kill("SIGTERM"), 300);
  });
  return new Promise((done) =>
    child.on("close", (code) => {
      const json = code === 0 ? JSON.parse(stdout.trimEnd().split("\n").at(-1)) : undefined;
      const record = json && JSON.parse(readFileSync(join(place, json.record), "utf8"));
      const { metrics, weights, data, parameters, cell } = record ?? {};
      done({ code, stderr, result: record && JSON.stringify([metrics, weights, data, parameters, cell]) });
    }),
  );
}

const filesBelow = (folder) =>
  readdirSync(join(place, folder), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
const remove = (folder, pattern) => {
  for (const file of filesBelow(folder)) if (pattern.test(file)) rmSync(join(place, folder, file), { force: true });
};

const finished = await run("finished");
const longer = await run("longer", { steps: 18 });
const long = await run("long", { steps: 2000 });
const stopped = await run("stopped", { steps: 2000, stopAt: "train: 2000 steps" });
if (finished.code || longer.code || long.code || stopped.code !== 143)
  throw new Error(
    `the runs to compare with failed: ${[finished, longer, long, stopped].map((r) => `${r.code} ${r.stderr}`)}`,
  );

/** Which file is damaged, what must be missing so that it is used, and how the run then goes. */
const kinds = {
  record: { from: "finished", file: /record\.json$/, want: finished },
  weights: { from: "finished", file: /weights\.safetensors$/, want: finished },
  state: { from: "finished", file: /state\.safetensors$/, steps: 18, want: longer },
  "base samples": { from: "finished", file: /base\/[^.].*safetensors$/, without: /record\.json$/, want: finished },
  "latents cache": {
    from: "finished",
    file: /^latents\/[^.]/,
    without: /(record|weights|state)\.(json|safetensors)$/,
    want: finished,
  },
  checkpoint: { from: "stopped", file: /checkpoint\.safetensors$/, steps: 2000, want: long },
};

const tally = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, {}]));
let wrong = 0;
for (let i = 0; i < flips; i++) {
  const kind = Object.keys(kinds)[i % Object.keys(kinds).length];
  const { from, file, without, steps, want } = kinds[kind];
  rmSync(join(place, "damaged"), { recursive: true, force: true });
  cpSync(join(place, from), join(place, "damaged"), { recursive: true });
  if (without) remove("damaged", without);
  const path = join(
    place,
    "damaged",
    filesBelow("damaged").find((name) => file.test(name)),
  );
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
      : result !== want.result
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
if (existsSync(place)) rmSync(place, { recursive: true, force: true });
process.exitCode = wrong > 0 ? 1 : 0;
