// Sixteen processes take the cells of one folder, each by its lock, while processes are killed: every cell must be done
// once, and by one process at a time.

import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { integers } from "@dit-bench/random";

const processes = 16;
const program = fileURLToPath(new URL("../claim-cells.mjs", import.meta.url));
/** Seconds without a finished cell after which the processes are given up. */
const patience = 60;

/** @type {import("../types.ts").Part} */
export const part = {
  about:
    "sixteen processes take cells of one folder by the lock that a run takes, and one of them is killed every fifth " +
    "of a second and started again; no cell may be left, be done twice, or be in work in two processes at once.",
  sizes: { ci: 400, night: 10_000 },
  async *trials(count, folder) {
    const cells = join(folder, "cells");
    mkdirSync(cells);
    const kills = await takeAll(cells, count);
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith(".log"))
      .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean));
    const cellsWith = (/** @type {string} */ word) => {
      /** @type {Map<number, number>} */
      const counts = new Map();
      for (const [first, cell] of lines.map((line) => line.split(" ")))
        if (first === word) counts.set(Number(cell), (counts.get(Number(cell)) ?? 0) + 1);
      return counts;
    };
    const [ends, clashes, takeovers] = ["done", "clash", "takeover"].map(cellsWith);

    yield { what: "SIGKILL of a process that takes cells", outcome: "started again", count: kills };
    if (takeovers.size > 0)
      yield { what: "a cell whose process was killed at work", outcome: "taken over", count: takeovers.size };
    for (let cell = 0; cell < count; cell++) {
      const problem = !existsSync(join(cells, `${cell}.done`))
        ? "is not done"
        : (ends.get(cell) ?? 0) > 1
          ? "was done twice"
          : clashes.has(cell)
            ? "was in work in two processes at once"
            : undefined;
      const loss = problem && `cell ${cell} ${problem}`;
      yield { what: "a cell that sixteen processes want", outcome: problem ?? "done once", loss };
    }
  },
};

/**
 * Lets the processes take all cells. Returns the number of kills.
 *
 * @param {string} cells the folder
 * @param {number} count
 */
async function takeAll(cells, count) {
  const start = (/** @type {number} */ index) =>
    fork(program, [cells, String(count), String(index)], { execArgv: [], stdio: "inherit" });
  const countDone = () => readdirSync(cells).filter((name) => name.endsWith(".done")).length;
  const workers = Array.from({ length: processes }, (_, index) => start(index));
  let kills = 0;
  try {
    let [done, progressAt] = [0, performance.now()];
    while (done < count && performance.now() - progressAt < 1e3 * patience) {
      await sleep(200);
      const now = countDone();
      if (now > done) progressAt = performance.now();
      done = now;
      const [index] = integers(0, "claims", kills, 1, processes);
      const worker = workers[index];
      if (done === 0 || done === count || worker.exitCode === 0) continue;
      if (worker.exitCode !== null) throw new Error(`process ${index} ended with exit code ${worker.exitCode}`);
      worker.kill("SIGKILL");
      await once(worker, "exit");
      kills++;
      workers[index] = start(index);
    }
    await Promise.race([Promise.all(workers.map(endOf)), sleep(1e3 * patience, undefined, { ref: false })]);
    const failed = workers.find(({ exitCode }) => exitCode !== null && exitCode !== 0);
    if (failed) throw new Error(`a process ended with exit code ${failed.exitCode}`);
    return kills;
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
    await Promise.all(workers.map(endOf));
  }
}

/** @param {import("node:child_process").ChildProcess} worker */
const endOf = async (worker) => {
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
};
