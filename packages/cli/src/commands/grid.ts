// bench grid: many cells, each a process of its own.

import { createWriteStream, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findDataset } from "@dit-bench/datasets";
import { BenchError, datasetEntries, exitCodes, loadMethods, protocolFolder, runGrid } from "@dit-bench/runner";
import { duration, stderrTerminal } from "../progress.ts";
import { counted, recipeOf, wholeNumber } from "../settings.ts";
import { listenForSignals } from "../signals.ts";
import type { RunOptions } from "./run.ts";
import { writeTables } from "./table.ts";

export interface GridOptions extends Omit<RunOptions, "method" | "dataset" | "seed" | "threads"> {
  methods?: string;
  datasets?: string;
  seeds: string;
  jobs?: string;
}

const entry = fileURLToPath(new URL("../../bin/bench.js", import.meta.url));

export async function grid(options: GridOptions): Promise<void> {
  const { recipe } = recipeOf(options);
  const loaded = await loadMethods(options.plugin);
  const methods = options.methods?.split(",") ?? loaded.map((l) => l.method.name);
  const known = loaded.map((l) => l.method.name);
  for (const name of methods)
    if (!known.includes(name))
      throw new BenchError("usage", `unknown method '${name}'; wanted some of ${known.join(", ")}`);
  const datasets = options.datasets?.split(",") ?? datasetEntries().map((d) => d.name);
  for (const name of datasets) findDataset(datasetEntries(), name);
  const seeds = wholeNumber("seeds", options.seeds, 1);
  const cores = availableParallelism();
  const jobs = options.jobs ? wholeNumber("jobs", options.jobs, 1) : cores;
  const threads = Math.max(1, Math.floor(cores / jobs));

  const terminal = stderrTerminal();
  const stopping = listenForSignals();
  const folder = protocolFolder(options.out, recipe);
  mkdirSync(folder, { recursive: true });
  const log = createWriteStream(join(folder, "grid.log"), { flags: "a" });
  const passed = [
    ...[
      "--recipe",
      options.recipe,
      "--out",
      options.out,
      "--engine",
      options.engine,
      "--threads",
      String(threads),
      "--json",
    ],
    ...options.set.flatMap((s) => ["--set", s]),
    ...options.plugin.flatMap((p) => ["--plugin", p]),
    ...(options.data ? ["--data", options.data] : []),
    ...(options.strict ? ["--strict"] : []),
  ];
  const total = methods.length * datasets.length * seeds;
  terminal.write(
    `${counted(total, "cell")}: ${counted(methods.length, "method")} × ${counted(datasets.length, "dataset")} × ${counted(seeds, "seed")}, ${jobs} at a time with ${counted(threads, "thread")} each\n`,
  );
  const start = performance.now();
  let done = 0;
  let worked = 0;
  const outcome = await runGrid({
    cells: Array.from({ length: seeds }, (_, seed) =>
      datasets.flatMap((dataset) => methods.map((method) => ({ method, dataset, seed }))),
    ).flat(),
    command: (cell) => [
      entry,
      "run",
      "--method",
      cell.method,
      "--dataset",
      cell.dataset,
      "--seed",
      String(cell.seed),
      ...passed,
    ],
    jobs,
    stopping,
    log: (text) => void log.write(text),
    finished({ cell, exitCode, result, message }) {
      done++;
      if (exitCode === 0 && !result?.already) worked++;
      const elapsed = (performance.now() - start) / 1e3;
      const left = worked > 0 && done < total ? `, about ${duration((elapsed / worked) * (total - done))} left` : "";
      const what =
        exitCode === 0
          ? `FID ${result!.fid.toFixed(2)} (base ${result!.baseFid.toFixed(2)})${result!.already ? ", done before" : ""}`
          : `failed with exit code ${exitCode}: ${message}`;
      terminal.write(`[${done}/${total}] ${cell.dataset} ${cell.method} seed ${cell.seed}: ${what}${left}\n`);
    },
  });
  log.end();
  if (outcome.stopped)
    throw new BenchError("interrupted", `stopped after ${done} of ${total} cells; run the same command again to go on`);
  const failed = outcome.failed.length;
  if (failed < total) await writeTables(folder, folder, options.json ?? false);
  if (failed > 0) {
    terminal.write(
      `bench: ${failed} of ${total} cells failed: ${outcome.failed.map((f) => `${f.dataset} ${f.method} seed ${f.seed}`).join("; ")}. What they printed is in ${join(folder, "grid.log")}\n`,
    );
    process.exitCode = exitCodes.someCellsFailed;
  }
}
