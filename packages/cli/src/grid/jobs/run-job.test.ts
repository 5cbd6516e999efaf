// Jobs of a cluster whose cells are processes that do not exist: signals, files that cannot be written, and cells that
// are finished.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { JobPlan, PlannedCell } from "./plan.ts";

const signals = ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
const record = fileURLToPath(new URL("../../../../../results/mini/records/sun/bitfit-seed-0.json", import.meta.url));
const cell: PlannedCell = {
  key: "0123456789abcdef",
  name: "sun bitfit seed 0",
  cell: { method: "bitfit", dataset: { name: "sun" }, seed: 0 },
  arguments: ["run"],
};

let folder: string;
let before: Map<string, readonly unknown[]>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dit-bench-job-"));
  before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  vi.resetModules(); // a stop that was requested is kept in signals.ts
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const signal of signals)
    for (const listener of process.listeners(signal))
      if (!before.get(signal)!.includes(listener)) process.off(signal, listener as NodeJS.SignalsListener);
  rmSync(folder, { recursive: true });
});

/** Starts a job of one cell, whose process ends when the test says so. */
async function startJob() {
  const { runJob } = await import("./run-job.ts");
  const process = { stop: vi.fn(), kill: vi.fn(), end: (_: number): void => undefined };
  const submit = vi.fn(() => ({
    ended: new Promise((resolve) => {
      process.end = (code) => resolve({ code, signal: null });
    }),
    stop: process.stop,
    kill: process.kill,
  }));
  const plan: JobPlan = { schema: 1, id: "01234567", launcher: "slurm", folder, jobs: [[cell]] };
  const requeue = vi.fn(async () => {});
  const side = { index: () => 0, requeue };
  const starter = { submit } as unknown as Parameters<typeof runJob>[1];
  return { ended: runJob({ plan, cells: [cell], side, threads: 1 }, starter), process, submit, requeue };
}

const cellsFolder = () => join(folder, "jobs", "cells");
const resultPath = () => join(cellsFolder(), `${cell.key}.json`);
const untilRunning = () => vi.waitFor(() => expect(existsSync(resultPath())).toBe(true), { timeout: 10_000 });

/** Calls the listener of the job alone: the test runner may have one, too. */
const send = (signal: (typeof signals)[number]) => process.listeners(signal).at(-1)!(signal);

it("puts the job back into the queue although its result cannot be written, and reports the error then", async () => {
  const job = await startJob();
  await untilRunning();
  rmSync(cellsFolder(), { recursive: true });
  writeFileSync(cellsFolder(), "");
  send("SIGUSR2");
  expect(job.process.stop).toHaveBeenCalledWith(75);
  job.process.end(75);
  await expect(job.ended).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/) });
  expect(job.requeue).toHaveBeenCalledOnce();
});

it("ignores further signals of the cluster after the first, except SIGINT", async () => {
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  const job = await startJob();
  await untilRunning();
  send("SIGUSR2");
  await sleep(300); // earlier signals count as the same request
  for (const signal of ["SIGTERM", "SIGUSR2", "SIGHUP"] as const) send(signal);
  await sleep(300);
  expect(process.listeners("SIGTERM").length).toBeGreaterThan(before.get("SIGTERM")!.length);
  expect(job.process.kill).not.toHaveBeenCalled();
  expect(exit).not.toHaveBeenCalled();
  send("SIGINT");
  expect(job.process.kill).toHaveBeenCalledOnce();
  expect(exit).toHaveBeenCalledWith(130);
  job.process.end(75);
  expect(await job.ended).toBe(75);
  expect(JSON.parse(readFileSync(resultPath(), "utf8"))).toMatchObject({ kind: "interrupted" });
});

it("does not start a finished cell again, unless its record is gone", async () => {
  const { writeCellResult } = await import("./results.ts");
  mkdirSync(join(folder, "sun"));
  copyFileSync(record, join(folder, "sun", "record.json"));
  const result = { name: cell.name, submission: "01234567", kind: "finished", record: "sun/record.json" } as const;
  await writeCellResult(folder, cell.key, result);
  const text = readFileSync(resultPath(), "utf8");
  const finished = await startJob();
  expect(await finished.ended).toBe(0);
  expect(finished.submit).not.toHaveBeenCalled();
  expect(readFileSync(resultPath(), "utf8")).toBe(text);

  rmSync(join(folder, "sun", "record.json"));
  const lost = await startJob();
  await vi.waitFor(() => expect(lost.submit).toHaveBeenCalledOnce());
  lost.process.end(0);
  expect(await lost.ended).toBe(1); // the process made no record
});
