// Compares every part of the program with the reference programs, in one table.
//
//     npm run build
//     npm run parity -- [--size tiny|true|all] [--parts dit,inception] [--engine cpu,openvino]
//                       [--python .venv/bin/python] [--folder FOLDER] [--write]
//
// A part is a module of this folder with a `name` and a generator `measure({ python, folder, size, engine })` of rows
// (see types.ts). The first engine runs all parts, the others those that export `usesEngine`. Parts whose Python
// package is missing are skipped and named. The exit code is 1 if a row exceeds its tolerance.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { engineNames } from "@dit-bench/compiler";
import { replaceFile } from "@dit-bench/files";
import { formatPage, formatTable, isWithinTolerance, textOf } from "./table.mjs";

/** @import { Page, PageRow, Problem, Row, Run } from "./types.ts" */

const partsFolder = fileURLToPath(new URL(".", import.meta.url));
const parts = readdirSync(partsFolder)
  .filter((file) => file.endsWith(".mjs") && !["parity.mjs", "part.mjs", "compare.mjs", "table.mjs"].includes(file))
  .map((file) => file.slice(0, -4))
  .sort();

const { values: options } = parseArgs({
  options: {
    size: { type: "string", default: "all" },
    parts: { type: "string", default: parts.join(",") },
    engine: { type: "string", default: "cpu" },
    python: { type: "string", default: ".venv/bin/python" },
    folder: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const sizes = options.size === "all" ? ["tiny", "true"] : [options.size];
const chosenParts = options.parts.split(",");
const engines = options.engine.split(",");
const unknownPart = chosenParts.find((name) => !parts.includes(name));
const unknownEngine = engines.find((name) => !engineNames().some((known) => known === name));
const mistakes = [
  ...(sizes.every((size) => size === "tiny" || size === "true")
    ? []
    : [`--size is '${options.size}', expected tiny, true or all`]),
  ...(unknownPart === undefined ? [] : [`--parts '${unknownPart}' is not known, available: ${parts.join(", ")}`]),
  ...(unknownEngine === undefined
    ? []
    : [`--engine '${unknownEngine}' is not known, available: ${engineNames().join(", ")}`]),
];
if (mistakes.length > 0) {
  process.stderr.write(mistakes.map((mistake) => `parity: ${mistake}\n`).join(""));
  process.exit(2);
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), "dit-bench-parity-"));
/** @type {PageRow[]} */
const rows = [];
/** @type {(Run & { seconds: number })[]} */
const times = [];
/** @type {Problem[]} */
const skippedParts = [];
/** @type {Problem[]} */
const failedParts = [];
try {
  for (const run of await runsOf()) {
    process.stderr.write(`== ${textOf(run)}\n`);
    const start = performance.now();
    const { partRows, code, errors } = await runPart(run);
    rows.push(...partRows.map((row) => ({ ...row, run })));
    if (partRows.length > 0) times.push({ ...run, seconds: (performance.now() - start) / 1e3 });
    if (code === 0) continue;
    const missingPackage = /No module named '([^']+)'/.exec(errors)?.[1];
    if (missingPackage) skippedParts.push({ ...run, reason: `Python has no package '${missingPackage}'` });
    else if (errors.includes("ENOENT") && errors.includes(options.python))
      skippedParts.push({ ...run, reason: `there is no Python at ${options.python}` });
    else failedParts.push({ ...run, reason: `exit code ${code}` });
  }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true });
}

process.stdout.write(formatTable(rows));
for (const { reason, ...run } of skippedParts) process.stdout.write(`skipped: ${textOf(run)}: ${reason}\n`);
for (const { reason, ...run } of failedParts) process.stdout.write(`failed: ${textOf(run)}: ${reason}\n`);
if (skippedParts.length > 0) process.stdout.write("sh tools/install-pytorch.sh parity installs the packages\n");
if (options.write)
  await replaceFile(
    join(partsFolder, "../../docs/parity.md"),
    formatPage({ engines, rows, times, skippedParts, failedParts }),
  );
process.exitCode = failedParts.length > 0 || rows.some((row) => !isWithinTolerance(row)) ? 1 : 0;

/**
 * The parts at the sizes and with the engines that were asked for, in the order in which they run.
 *
 * @returns {Promise<Run[]>}
 */
async function runsOf() {
  const usesEngine = await Promise.all(
    chosenParts.map(async (part) => (await import(`./${part}.mjs`)).usesEngine === true),
  );
  return engines.flatMap((engine, e) =>
    sizes.flatMap((size) =>
      chosenParts.filter((_, i) => e === 0 || usesEngine[i]).map((part) => ({ part, size, engine })),
    ),
  );
}

/**
 * Runs one part. Returns its rows, its exit code or signal, and its stderr.
 *
 * @param {Run} run
 * @returns {Promise<{ partRows: Row[], code: number | string | null, errors: string }>}
 */
function runPart({ part, size, engine }) {
  return new Promise((resolve, reject) => {
    const args = [join(partsFolder, "part.mjs"), part, size, engine, options.python, folder];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
      process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const lines = out.split("\n").filter((line) => line.startsWith("{"));
      resolve({ partRows: lines.map((line) => JSON.parse(line)), code: code ?? signal, errors });
    });
  });
}
