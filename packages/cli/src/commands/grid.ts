// bench grid: many cells, each a process of its own, and the tables of them.

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import {
  BenchError,
  type CellOutcome,
  type GridCell,
  type GridWatch,
  localProcesses,
  protocolFolder,
  startGrid,
} from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { printable, quantity } from "@dit-bench/text";
import type { GridOptions } from "../declarations/grid.ts";
import { cellArguments } from "../grid/cell-arguments.ts";
import { gridDisplay } from "../grid/display.ts";
import { gridEstimate } from "../grid/estimate.ts";
import { openGridLog } from "../grid/log.ts";
import { answeredGrid, planGrid } from "../grid/plan.ts";
import { printNote } from "../print.ts";
import { stderrTerminal } from "../progress.ts";
import { reportError } from "../report-error.ts";
import { listenForSignals } from "../signals.ts";
import { painted } from "../style.ts";
import { writeTables } from "./table.ts";

const entry = fileURLToPath(new URL("../../bin/bench.js", import.meta.url));

/** @param argv the command line, to start the preparation with */
export async function grid(options: GridOptions, argv: readonly string[]): Promise<void> {
  if (await answeredGrid(options)) return;
  const { seeds, timeLimit } = options;
  const cores = availableParallelism();
  const jobs = options.jobs ?? cores;
  if (options.data.length > 0 && options.datasets !== undefined)
    printNote(`--datasets ${options.datasets} is not used: the images of --data are datasets of their own\n`);
  const plan = await planGrid([entry, ...argv]);

  const { methods, columns, recipe } = plan;
  const cells = Array.from({ length: seeds }, (_, seed) =>
    columns.flatMap((dataset) => methods.map(({ name }) => ({ method: name, dataset, seed }))),
  ).flat();
  const threads = Math.max(1, Math.floor(cores / jobs));
  const folder = protocolFolder(options.out, recipe);
  const title = `${quantity(cells.length, "cell")}: ${quantity(methods.length, "method")} × ${quantity(columns.length, "dataset")} × ${quantity(seeds, "seed")}, ${jobs} at a time with ${quantity(threads, "thread")} each`;
  const log = openGridLog(folder, title);
  printNote(`${title}\n`);

  const { watch, close, failures } = watching(cells, jobs, log.write);
  const run = startGrid({
    cells,
    command: (cell) => [entry, ...cellArguments(cell, plan, options, threads)],
    launcher: localProcesses,
    jobs,
    ...(timeLimit === undefined ? {} : { limitMinutes: timeLimit }),
    watch,
  });
  listenForSignals(run.stop, run.kill);
  const { failed, stopped } = await run.result;
  close();
  if (stopped)
    throw new BenchError(
      "interrupted",
      `stopped before all of ${cells.length} cells were done; run the same command again to go on`,
    );
  if (failed.length > 0)
    printNote(
      `bench: ${failed.length} of ${cells.length} cells failed: ${failures.join("; ")}. What they printed is in ${log.path}\n`,
    );
  const code = failed.length < cells.length ? await tables(folder, options.json) : exitCodes.ok;
  process.exitCode = failed.length > 0 ? exitCodes.someCellsFailed : code;
}

/** The grid's own work is done by now: an error in its tables is reported, and does not hide which cells failed. */
async function tables(folder: string, json: boolean): Promise<number> {
  try {
    const incomplete: unknown = await writeTables(folder, folder, json);
    return incomplete === true ? exitCodes.someCellsFailed : exitCodes.ok;
  } catch (error) {
    return reportError(error, false);
  }
}

/** Passes what happens on to the estimate, the display and the log. */
function watching(cells: readonly GridCell[], jobs: number, log: (cell: string, lines: string) => void) {
  const estimate = gridEstimate();
  const waiting = [...cells];
  const failures: string[] = [];
  let ended = 0;
  const display = gridDisplay(stderrTerminal(), estimate, {
    counts: () => ({ ended, total: cells.length }),
    secondsLeft: () =>
      estimate.gridSeconds(
        waiting.map(({ method }) => method),
        jobs,
      ),
  });
  const name = namesFor(cells);
  const watch: GridWatch = {
    started(cell) {
      waiting.splice(waiting.indexOf(cell), 1);
      estimate.started(name(cell), cell.method);
      display.started(name(cell));
    },
    message(cell, message) {
      if (message.kind === "stage") {
        estimate.stage(name(cell), message.name);
        display.stage(name(cell), message.name);
      } else if (message.kind === "progress") {
        estimate.progress(name(cell), message.done, message.total);
        display.progress(name(cell), message.done, message.total);
      }
    },
    output: (cell, lines) => log(name(cell), lines),
    ended(cell, outcome) {
      log(name(cell), described(outcome));
      estimate.ended(name(cell), outcome.kind === "finished" && !outcome.already);
      if (outcome.kind !== "stopped") ended++;
      if (outcome.kind === "failed") failures.push(name(cell));
      const colour = outcome.kind === "finished" ? "green" : outcome.kind === "failed" ? "red" : "yellow";
      const count = painted(colour, `[${ended}/${cells.length}]`);
      display.ended(name(cell), `${count} ${printable(`${name(cell)}: ${described(outcome)}`)}`);
    },
  };
  return { watch, failures, close: display.close };
}

function described(outcome: CellOutcome): string {
  if (outcome.kind === "stopped") return "stopped";
  if (outcome.kind === "failed") return `failed with exit code ${outcome.exitCode}: ${outcome.message}`;
  const { fid, baseFid } = outcome.record.metrics!;
  const notes = [...(outcome.already ? ["done before"] : []), ...(outcome.note ? [outcome.note] : [])];
  return [`FID ${fid.toFixed(2)} (base ${baseFid.toFixed(2)})`, ...notes].join(", ");
}

/** `flowers lora seed 0`; two folders of one name are distinguished by their paths. */
function namesFor(cells: readonly GridCell[]): (cell: GridCell) => string {
  const folders = new Map<string, Set<string | undefined>>();
  for (const { dataset } of cells)
    folders.set(dataset.name, (folders.get(dataset.name) ?? new Set()).add(dataset.folder));
  return ({ dataset, method, seed }) => {
    const one = folders.get(dataset.name)!.size === 1;
    return `${one ? dataset.name : dataset.folder} ${method} seed ${seed}`;
  };
}
