// The command `npm run performance`: measures one row after the other. It writes the JSON file and its page after each
// row (see README.md and --help).

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

const pathBeside = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
/** @type {Settings} */
const settings = JSON.parse(readFileSync(pathBeside("settings.json"), "utf8"));
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
 * @returns {Promise<number>} the exit code: 1 if a row failed
 */
async function run({ again, out, python: path, ...rest }) {
  const { python, problem } = rest.peers.length > 0 ? findPython(path) : {};
  if (problem) report(`${problem}; measuring without PyTorch`);
  const options = problem ? { ...rest, peers: [] } : rest;
  const rows = rowsOf(settings, options);
  if (rows.length === 0) throw new UsageError("nothing is left to measure: choose shapes and methods, or parts");

  const code = options.commit === undefined ? codeState() : { commit: options.commit, clean: true };
  const file = resolve(out, `${fileName(code, options)}.json`);
  const result = (code.clean && earlierResult(file, options)) || emptyResult(code, options);
  const rowsToMeasure = rows.filter(({ id, baselines }) => {
    const known = result.rows.find((row) => row.id === id);
    return again || !known || Object.keys(baselines).some((name) => !(name in known.baselines) || known.failed[name]);
  });
  if (rowsToMeasure.length < rows.length)
    report(
      `${rows.length - rowsToMeasure.length} of ${rows.length} rows are in ${file} already; ` +
        "--again measures them again",
    );

  // torch.compile shares its cache between models. A folder for each model makes every first start a cold one.
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
  const clock = timeLeft(rowsToMeasure, options);
  let failures = 0;
  try {
    for (const [i, row] of rowsToMeasure.entries()) {
      report(`${i + 1} of ${rowsToMeasure.length}: ${row.id}, ${clock.text()}`);
      const { ours: _, baselines, sameWork: __, ...description } = row;
      const scales = Object.fromEntries(Object.entries(baselines).map(([name, { scale }]) => [name, { scale }]));
      try {
        const measured = await measureRow(row, pool, options, { onMeasured: () => clock.measured(row) });
        for (const [name, reason] of Object.entries(measured.failed)) report(`  ${name} failed: ${reason}`);
        const otherRows = result.rows.filter(({ id }) => id !== row.id);
        result.rows = [...otherRows, { ...description, baselines: scales, ...measured }];
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
 * Returns the command that starts a measuring process.
 *
 * @param {Spec} spec
 * @param {string} python
 * @param {string} cache folder for the caches of torch.compile
 */
function commandOf({ program, prepare }, python, cache) {
  if (program !== "python") return { command: process.execPath, args: [pathBeside("worker.mjs")] };
  const { method, shape, threads, precision = "float32" } = prepare;
  return {
    command: python,
    args: [pathBeside("torch_dit.py")],
    env: {
      OMP_NUM_THREADS: String(threads),
      TORCHINDUCTOR_CACHE_DIR: join(cache, `${method}-${shape?.width}-${precision}`),
    },
  };
}

/**
 * @param {Result["code"]} code
 * @param {Pick<Options, "engine" | "threads" | "rounds" | "seconds" | "steps">} options
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
 * One file per commit, engine, number of threads and number of rounds. All trees with uncommitted changes share one
 * file.
 *
 * @param {Result["code"]} code
 * @param {Pick<Options, "engine" | "threads" | "rounds">} options
 */
function fileName({ commit, clean }, { engine, threads, rounds }) {
  const version = commit === null ? "no-commit" : `${commit.slice(0, 7)}${clean ? "" : "-changed"}`;
  return `${version}-${engine === "cpu" ? `${threads}-threads` : engine}-${rounds}-rounds`;
}

/**
 * Returns the result of an earlier run from its file, or undefined if there is no such file.
 *
 * @param {string} path
 * @param {Pick<Options, "seconds" | "threads">} options
 * @throws UsageError if the file was measured on another machine or with other settings
 */
function earlierResult(path, { seconds, threads }) {
  if (!existsSync(path)) return undefined;
  const result = readResultFile(path);
  const isSameSetup =
    result.seconds === seconds &&
    result.threads === threads &&
    result.machine.cpu === machine().cpu &&
    JSON.stringify(result.settings) === JSON.stringify(settings);
  if (!isSameSetup)
    throw new UsageError(
      `${path} was measured on another machine or with other settings: choose another --out, or delete it`,
    );
  return result;
}
