// The command: measures rows one after the other, and after each writes the JSON file and the table made from it. See README.md, or --help.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "@dit-bench/record";
import { machine, versions } from "@dit-bench/runner/parts";
import { measureRow } from "./measure-row.mjs";
import { help, optionsOf, UsageError } from "./options.mjs";
import { ProcessFailed, processPool } from "./process.mjs";
import { codeState, findPython } from "./provenance.mjs";
import { rowsOf } from "./rows.mjs";
import { toMarkdown } from "./table.mjs";
import { timeLeft } from "./time-left.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const settings = JSON.parse(readFileSync(here("settings.json"), "utf8"));
const say = (line) => process.stderr.write(`${line}\n`);

try {
  const options = optionsOf(process.argv.slice(2), settings);
  if (options.help) process.stdout.write(`${help}\n`);
  else if (options.table) await writeTable(options.table, JSON.parse(readFileSync(options.table, "utf8")));
  else process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`performance: ${error.message}`);
  process.exitCode = 2;
}

async function run({ again, out, python: given, ...chosen }) {
  const { python, missing } = chosen.peers.length > 0 ? findPython(given) : {};
  if (missing) {
    say(`${missing}. Measuring without.`);
    chosen.peers = [];
  }
  const rows = rowsOf(settings, chosen);
  if (rows.length === 0) throw new UsageError("nothing is left to measure: choose shapes and methods, or parts");

  const code = chosen.commit === undefined ? codeState() : { commit: chosen.commit, clean: true };
  const path = resolve(out, `${fileName(code, chosen)}.json`);
  const result = (code.clean && readResult(path, chosen)) || {
    schema: 1,
    startedAt: new Date().toISOString(),
    code,
    machine: machine(),
    versions: versions(),
    engine: chosen.engine,
    threads: chosen.threads,
    rounds: chosen.rounds,
    seconds: chosen.seconds,
    steps: chosen.steps,
    settings,
    rows: [],
  };
  const todo = rows.filter(({ id, rivals }) => {
    const known = result.rows.find((row) => row.id === id);
    return again || !known || Object.keys(rivals).some((name) => !(name in known.rivals) || known.failed[name]);
  });
  if (todo.length < rows.length)
    say(`${rows.length - todo.length} of ${rows.length} rows are in ${path} already; --again measures them again`);

  // torch.compile keeps what it compiled, for other models too; a folder for each makes the first start of each a real one.
  const cache = mkdtempSync(join(tmpdir(), "dit-bench-inductor-"));
  const pool = processPool(({ program, prepare }) =>
    program === "python"
      ? {
          command: python,
          args: [here("torch_dit.py")],
          env: {
            OMP_NUM_THREADS: String(prepare.threads),
            TORCHINDUCTOR_CACHE_DIR: join(
              cache,
              `${prepare.method}-${prepare.shape.width}-${prepare.precision ?? "float32"}`,
            ),
          },
        }
      : { command: process.execPath, args: [here("worker.mjs")] },
  );
  const tidy = () => rmSync(cache, { recursive: true, force: true });
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])
    process.once(signal, () => {
      tidy(); // the processes end with their input
      process.exit(status);
    });
  const clock = timeLeft(todo, chosen);
  let failures = 0;
  try {
    for (const [i, row] of todo.entries()) {
      say(`${i + 1} of ${todo.length}: ${row.id}, ${clock.text()}`);
      const { ours: _, rivals, sameWork: __, ...told } = row;
      const scales = Object.fromEntries(Object.entries(rivals).map(([name, { scale }]) => [name, { scale }]));
      try {
        const measured = await measureRow(row, pool, chosen, { onMeasured: () => clock.measured(row) });
        for (const [name, why] of Object.entries(measured.failed)) say(`  ${name} failed: ${why}`);
        result.rows = [...result.rows.filter(({ id }) => id !== row.id), { ...told, rivals: scales, ...measured }];
        await writeResult(path, result);
      } catch (error) {
        if (!(error instanceof ProcessFailed)) throw error;
        failures++;
        say(`  failed: ${error.message}`);
      }
      clock.finished(row);
    }
  } finally {
    await pool.keepOnly([]);
    tidy();
  }
  process.stdout.write(toMarkdown(result));
  say(`${path}\n${path.replace(/json$/, "md")}`);
  return failures > 0 ? 1 : 0;
}

/** One file for one commit, engine, number of threads and thoroughness. Changed trees all write into one file. */
function fileName({ commit, clean }, { engine, threads, rounds }) {
  const version = commit === null ? "no-commit" : `${commit.slice(0, 7)}${clean ? "" : "-changed"}`;
  return `${version}-${engine === "cpu" ? `${threads}-threads` : engine}-${rounds}-rounds`;
}

/** What an earlier run of the same commit on the same machine has, if anything. */
function readResult(path, { seconds, threads }) {
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, "utf8"));
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

async function writeResult(path, result) {
  await replaceFile(path, `${formatted(result)}\n`);
  await writeTable(path, result);
}

function writeTable(path, result) {
  return replaceFile(path.replace(/\.json$/, ".md"), toMarkdown(result));
}

/** JSON with one measurement a line: readable, and a fifth as long as with one number a line. */
function formatted(result) {
  const text = JSON.stringify(
    result,
    (key, value) => (key === "chain" ? value.map((m) => `@${JSON.stringify(m)}@`) : value),
    2,
  );
  return text.replaceAll(/"@(.*?)@"/g, (_, inner) => JSON.parse(`"${inner}"`));
}
