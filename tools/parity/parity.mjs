// Every part of the program against the programs that others would use, in one table.
//
//     npm run build
//     npm run parity -- [--size tiny|true|all] [--parts dit,inception] [--python .venv/bin/python] [--folder FOLDER] [--write]
//
// A part is a module of this folder with a `name` and `async function* measure({ python, folder, size })` that yields rows
// { part, size, worst, tolerance, unit?, note? }. What no Python package is there for is left out and named; exit code 1 where anything is out of tolerance.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { replaceFile } from "@dit-bench/record";
import { document, table, within } from "./table.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const parts = readdirSync(here)
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
const wanted = options.parts.split(",");
const unknown = wanted.find((name) => !parts.includes(name));
if (unknown !== undefined || !sizes.every((size) => size === "tiny" || size === "true")) {
  process.stderr.write(
    unknown === undefined
      ? `parity: --size ${options.size}: wanted tiny, true or all\n`
      : `parity: --parts ${unknown}: wanted some of ${parts.join(", ")}\n`,
  );
  process.exit(2);
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), "dit-bench-parity-"));
const rows = [];
const times = [];
const left = [];
const broken = [];
try {
  for (const size of sizes)
    for (const part of wanted) {
      process.stderr.write(`== ${part}, ${size}\n`);
      const began = performance.now();
      const { found, code, errors } = await run(part, size);
      rows.push(...found.map((row) => ({ ...row, at: size })));
      if (found.length > 0) times.push({ part, size, seconds: (performance.now() - began) / 1e3 });
      if (code === 0) continue;
      const missing = /No module named '([^']+)'/.exec(errors)?.[1];
      if (missing) left.push({ part, size, why: `Python has no package '${missing}'` });
      else if (errors.includes("ENOENT") && errors.includes(options.python))
        left.push({ part, size, why: `there is no Python at ${options.python}` });
      else broken.push({ part, size, why: `exit code ${code}` });
    }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true });
}

process.stdout.write(table(rows));
for (const { part, size, why } of left) process.stdout.write(`not run: ${part}, ${size}: ${why}\n`);
for (const { part, size, why } of broken) process.stdout.write(`failed: ${part}, ${size}: ${why}\n`);
if (left.length > 0) process.stdout.write("sh tools/install-pytorch.sh parity installs what the parts compare with\n");
if (options.write) await replaceFile(join(here, "../../docs/parity.md"), document({ rows, times, left, broken }));
process.exitCode = broken.length > 0 || rows.some((row) => !within(row)) ? 1 : 0;

/** Rows of one part, its exit code and what it said on stderr. */
function run(part, size) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(here, "part.mjs"), part, size, options.python, folder], {
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
      resolve({ found: lines.map((line) => JSON.parse(line)), code: code ?? signal, errors });
    });
  });
}
