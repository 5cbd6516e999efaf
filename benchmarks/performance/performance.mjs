// The command `npm run performance`: measures one row after the other. It writes the JSON file and its page after each
// row (see README.md and --help).

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { machine, versions } from "@dit-bench/runner/parts";
import { commandOf } from "./commands.mjs";
import { measureRow } from "./measure-row.mjs";
import { help, optionsOf, UsageError } from "./options.mjs";
import { ProcessFailed, processPool } from "./process.mjs";
import { codeState, cpuFeatures, earlierBuild, engineVersions, findPython } from "./provenance.mjs";
import { readResultFile, SCHEMA, writePage, writeResultFile } from "./result-file.mjs";
import { rowsOf, withoutSpecs } from "./rows.mjs";
import { toMarkdown } from "./table.mjs";
import { timeLeft } from "./time-left.mjs";

/** @import { CodeState, Options, Result, Settings } from "./types.ts" */

/** @type {Settings} */
const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));
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
 * @returns {Promise<number>} the exit code: 1 if a row or one of its engines failed
 */
async function run({ again, out, python: path, ...rest }) {
  const { python, problem } = rest.peers.length > 0 ? findPython(path) : {};
  if (problem) report(`${problem}; measuring without PyTorch`);
  const options = problem ? { ...rest, peers: [] } : rest;
  const rows = rowsOf(settings, options);
  if (rows.length === 0) throw new UsageError("nothing is left to measure: choose shapes and methods, or parts");
  const engines = await engineVersions(options.engines);
  const before = options.before === undefined ? undefined : earlierBuild(options.before);

  const code = options.commit === undefined ? codeState() : { commit: options.commit, clean: true };
  const file = resolve(out, `${fileName(code, options)}.json`);
  const result = (code.clean && earlierResult(file, options, before?.code)) || emptyResult(code, options, engines);
  if (before) result.before = before.code;
  const rowsToMeasure = rows.filter(({ id, ours, baselines }) => {
    const known = result.rows.find((row) => row.id === id);
    const isMissing = (/** @type {string} */ name) =>
      !known || !(name in { ...known.ours, ...known.baselines }) || known.failed[name];
    return again || Object.keys({ ...ours, ...baselines }).some(isMissing);
  });
  if (rowsToMeasure.length < rows.length)
    report(
      `${rows.length - rowsToMeasure.length} of ${rows.length} rows are in ${file} already; ` +
        "--again measures them again",
    );

  // torch.compile shares its cache between models. A folder for each model makes every first start a cold one.
  const cache = mkdtempSync(join(tmpdir(), "dit-bench-inductor-"));
  const pool = processPool((spec) => commandOf(spec, { python: python ?? "python3", cache, before: before?.worker }));
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
      const { ours, baselines, sameWork: _, ...description } = row;
      try {
        const measured = await measureRow(row, pool, options, { onMeasured: () => clock.measured(row) });
        for (const [name, reason] of Object.entries(measured.failed)) report(`  ${name} failed: ${reason}`);
        if (Object.keys(ours).some((engine) => measured.failed[engine])) failures++;
        const otherRows = result.rows.filter(({ id }) => id !== row.id);
        const participants = { ours: withoutSpecs(ours), baselines: withoutSpecs(baselines) };
        result.rows = [...otherRows, { ...description, ...participants, ...measured }];
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
 * @param {CodeState} code
 * @param {Pick<Options, "engines" | "threads" | "rounds" | "seconds" | "steps">} options
 * @param {Record<string, string>} descriptions of the engines
 * @returns {Result}
 */
function emptyResult(code, { engines, threads, rounds, seconds, steps }, descriptions) {
  return {
    schema: SCHEMA,
    startedAt: new Date().toISOString(),
    code,
    machine: { ...machine(), cpuFeatures: cpuFeatures() },
    versions: { ...versions(), ...descriptions },
    engines,
    threads,
    rounds,
    seconds,
    steps,
    settings,
    rows: [],
  };
}

/**
 * One file per commit, engines, number of threads and number of rounds. All trees with uncommitted changes share one
 * file.
 *
 * @param {CodeState} code
 * @param {Pick<Options, "engines" | "threads" | "rounds">} options
 */
function fileName({ commit, clean }, { engines, threads, rounds }) {
  const version = commit === null ? "no-commit" : `${commit.slice(0, 7)}${clean ? "" : "-changed"}`;
  const names = engines.join("-");
  const setup = settings.engines[engines[0]].on === "gpu" ? names : `${threads}-threads`;
  const named = names === "cpu" || setup === names ? setup : `${names}-${setup}`;
  return `${version}-${named}-${rounds}-rounds`;
}

/**
 * Returns the result of an earlier run from its file, or undefined if there is no such file.
 *
 * @param {string} path
 * @param {Pick<Options, "seconds" | "threads">} options
 * @param {CodeState} [before] the earlier build to compare with
 * @throws UsageError if the file was measured on another machine or with other settings
 */
function earlierResult(path, { seconds, threads }, before) {
  if (!existsSync(path)) return undefined;
  const result = readResultFile(path);
  const isSameSetup =
    result.seconds === seconds &&
    result.threads === threads &&
    (!before || !result.before || JSON.stringify(result.before) === JSON.stringify(before)) &&
    result.machine.cpu === machine().cpu &&
    JSON.stringify(result.settings) === JSON.stringify(settings);
  if (!isSameSetup)
    throw new UsageError(
      `${path} was measured on another machine or with other settings: choose another --out, or delete it`,
    );
  return result;
}
