// Compares every part of the program with the reference programs, in one table.
//
//     npm run build
//     npm run parity -- [--size tiny|true|all] [--parts dit,inception] [--python .venv/bin/python] [--folder FOLDER]
//                       [--write]
//
// A part is a module of this folder with a `name` and a generator `measure({ python, folder, size })` of rows (see
// types.ts). Parts whose Python package is missing are skipped and named. The exit code is 1 if a row exceeds its
// tolerance.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { replaceFile } from "@dit-bench/files";
import { formatPage, formatTable, isWithinTolerance } from "./table.mjs";

/** @import { Page, PageRow, Problem, Row } from "./types.ts" */

const partsFolder = fileURLToPath(new URL(".", import.meta.url));
const parts = readdirSync(partsFolder)
  .filter((file) => file.endsWith(".mjs") && !["parity.mjs", "part.mjs", "compare.mjs", "table.mjs"].includes(file))
  .map((file) => file.slice(0, -4))
  .sort();

const { values: options } = parseArgs({
  options: {
    size: { type: "string", default: "all" },
    parts: { type: "string", default: parts.join(",") },
    python: { type: "string", default: ".venv/bin/python" },
    folder: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const sizes = options.size === "all" ? ["tiny", "true"] : [options.size];
const chosenParts = options.parts.split(",");
const unknownPart = chosenParts.find((name) => !parts.includes(name));
if (unknownPart !== undefined || !sizes.every((size) => size === "tiny" || size === "true")) {
  process.stderr.write(
    unknownPart === undefined
      ? `parity: --size is '${options.size}', expected tiny, true or all\n`
      : `parity: --parts '${unknownPart}' is not known, available: ${parts.join(", ")}\n`,
  );
  process.exit(2);
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), "dit-bench-parity-"));
/** @type {PageRow[]} */
const rows = [];
/** @type {{ part: string, size: string, seconds: number }[]} */
const times = [];
/** @type {Problem[]} */
const skippedParts = [];
/** @type {Problem[]} */
const failedParts = [];
try {
  for (const size of sizes)
    for (const part of chosenParts) {
      process.stderr.write(`== ${part}, ${size}\n`);
      const start = performance.now();
      const { partRows, code, errors } = await run(part, size);
      rows.push(...partRows.map((row) => ({ ...row, measuredSize: size })));
      if (partRows.length > 0) times.push({ part, size, seconds: (performance.now() - start) / 1e3 });
      if (code === 0) continue;
      const missingPackage = /No module named '([^']+)'/.exec(errors)?.[1];
      if (missingPackage) skippedParts.push({ part, size, reason: `Python has no package '${missingPackage}'` });
      else if (errors.includes("ENOENT") && errors.includes(options.python))
        skippedParts.push({ part, size, reason: `there is no Python at ${options.python}` });
      else failedParts.push({ part, size, reason: `exit code ${code}` });
    }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true });
}

process.stdout.write(formatTable(rows));
for (const { part, size, reason } of skippedParts) process.stdout.write(`skipped: ${part}, ${size}: ${reason}\n`);
for (const { part, size, reason } of failedParts) process.stdout.write(`failed: ${part}, ${size}: ${reason}\n`);
if (skippedParts.length > 0) process.stdout.write("sh tools/install-pytorch.sh parity installs the packages\n");
if (options.write)
  await replaceFile(join(partsFolder, "../../docs/parity.md"), formatPage({ rows, times, skippedParts, failedParts }));
process.exitCode = failedParts.length > 0 || rows.some((row) => !isWithinTolerance(row)) ? 1 : 0;

/**
 * Runs one part. Returns its rows, its exit code or signal, and its stderr.
 *
 * @param {string} part
 * @param {string} size
 * @returns {Promise<{ partRows: Row[], code: number | string | null, errors: string }>}
 */
function run(part, size) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(partsFolder, "part.mjs"), part, size, options.python, folder], {
      stdio: ["ignore", "pipe", "pipe"],
    });
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
