// The command `npm run performance`: measures one row after another, and after each row writes the JSON file and its
// Markdown page. README.md and --help describe it.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { machine, versions } from "@dit-bench/runner/parts";
import { measureRow } from "./measure-row.mjs";
import { help, optionsOf, UsageError } from "./options.mjs";
import { ProcessFailed, processPool } from "./process.mjs";
import { codeState, findPython } from "./provenance.mjs";
import { readResultFile, SCHEMA, writePage, writeResultFile } from "./result-file.mjs";
import { rowsOf } from "./rows.mjs";
import { toMarkdown } from "./table.mjs";
import { timeLeft } from "./time-left.mjs";

/** @import { Options, Result, Settings, Spec } from "./types.ts" */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
/** @type {Settings} */
const settings = JSON.parse(readFileSync(here("settings.json"), "utf8"));
const report = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

try {
  const options = optionsOf(process.argv.slice(2), settings);
  if (options.help) process.stdout.write(`${help}\n`);
  else if (options.table) await writePage(options.table, readResultFile(options.table));
  else process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  report(`performance: ${error.message}`);
  process.exitCode = 2;
}

/**
 * @param {Options} options
 * @returns {Promise<number>} the exit code: 1 if rows failed
 */
async function run({ again, out, python: path, ...rest }) {
  const { python, missing } = rest.peers.length > 0 ? findPython(path) : {};
  if (missing) report(`${missing}; measuring without PyTorch`);
  const chosen = missing ? { ...rest, peers: [] } : rest;
  const rows = rowsOf(settings, chosen);
  if (rows.length === 0) throw new UsageError("nothing is left to measure: choose shapes and methods, or parts");

  const code = chosen.commit === undefined ? codeState() : { commit: chosen.commit, clean: true };
  const file = resolve(out, `${fileName(code, chosen)}.json`);
  const result = (code.clean && earlierResult(file, chosen)) || emptyResult(code, chosen);
  const todo = rows.filter(({ id, baselines }) => {
    const known = result.rows.find((row) => row.id === id);
    return again || !known || Object.keys(baselines).some((name) => !(name in known.baselines) || known.failed[name]);
  });
  if (todo.length < rows.length)
    report(`${rows.length - todo.length} of ${rows.length} rows are in ${file} already; --again measures them again`);

  // torch.compile reuses its cache between models. With one cache folder per model, every first start is a cold one.
  const cache = mkdtempSync(join(tmpdir(), "dit-bench-inductor-"));
  const pool = processPool((spec) => commandOf(spec, python ?? "python3", cache));
  const removeCache = () => rmSync(cache, { recursive: true, force: true });
  for (const [signal, status] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]))
    process.once(signal, () => {
      removeCache(); // the measuring processes exit when their stdin closes
      process.exit(status);
    });
  const clock = timeLeft(todo, chosen);
  let failures = 0;
  try {
    for (const [i, row] of todo.entries()) {
      report(`${i + 1} of ${todo.length}: ${row.id}, ${clock.text()}`);
      const { ours: _, baselines, sameWork: __, ...described } = row;
      const scales = Object.fromEntries(Object.entries(baselines).map(([name, { scale }]) => [name, { scale }]));
      try {
        const measured = await measureRow(row, pool, chosen, { onMeasured: () => clock.measured(row) });
        for (const [name, why] of Object.entries(measured.failed)) report(`  ${name} failed: ${why}`);
        const others = result.rows.filter(({ id }) => id !== row.id);
        result.rows = [...others, { ...described, baselines: scales, ...measured }];
        await writeResultFile(file, result);
      } catch (error) {
        if (!(error instanceof ProcessFailed)) throw error;
        failures++;
        report(`  failed: ${error.message}`);
      }
      clock.finished(row);
    }
  } finally {
    await pool.keepOnly([]);
    removeCache();
  }
  process.stdout.write(toMarkdown(result));
  report(`${file}\n${file.replace(/json$/, "md")}`);
  return failures > 0 ? 1 : 0;
}

/**
 * The command of a measuring process.
 *
 * @param {Spec} spec
 * @param {string} python
 * @param {string} cache folder for the caches of torch.compile
 */
function commandOf({ program, prepare }, python, cache) {
  if (program !== "python") return { command: process.execPath, args: [here("worker.mjs")] };
  const { method, shape, threads, precision = "float32" } = prepare;
  return {
    command: python,
    args: [here("torch_dit.py")],
    env: {
      OMP_NUM_THREADS: String(threads),
      TORCHINDUCTOR_CACHE_DIR: join(cache, `${method}-${shape?.width}-${precision}`),
    },
  };
}

/**
 * @param {Result["code"]} code
 * @param {Pick<Options, "engine" | "threads" | "rounds" | "seconds" | "steps">} chosen
 * @returns {Result}
 */
function emptyResult(code, { engine, threads, rounds, seconds, steps }) {
  return {
    schema: SCHEMA,
    startedAt: new Date().toISOString(),
    code,
    machine: machine(),
    versions: versions(),
    engine,
    threads,
    rounds,
    seconds,
    steps,
    settings,
    rows: [],
  };
}

/**
 * The name of the result file without extension: one per commit, engine, number of threads and number of rounds.
 * Uncommitted changes give the suffix "-changed", whatever they are.
 *
 * @param {Result["code"]} code
 * @param {Pick<Options, "engine" | "threads" | "rounds">} chosen
 */
function fileName({ commit, clean }, { engine, threads, rounds }) {
  const version = commit === null ? "no-commit" : `${commit.slice(0, 7)}${clean ? "" : "-changed"}`;
  return `${version}-${engine === "cpu" ? `${threads}-threads` : engine}-${rounds}-rounds`;
}

/**
 * The result of an earlier run at this path, if there is one. Throws UsageError if it has another machine or settings.
 *
 * @param {string} path
 * @param {Pick<Options, "seconds" | "threads">} chosen
 */
function earlierResult(path, { seconds, threads }) {
  if (!existsSync(path)) return undefined;
  const result = readResultFile(path);
  const same =
    result.seconds === seconds &&
    result.threads === threads &&
    result.machine.cpu === machine().cpu &&
    JSON.stringify(result.settings) === JSON.stringify(settings);
  if (!same)
    throw new UsageError(
      `${path} was measured on another machine or with other settings: choose another --out, or delete it`,
    );
  return result;
}
