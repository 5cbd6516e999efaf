// A process that a grid has started ends with its grid. This module imports nothing of the project: it is loaded first, so that the
// watch also covers the seconds in which the rest is loaded.

import { Worker } from "node:worker_threads";

/** Environment variable with the process id of the grid that started this process. */
export const gridVariable = "DIT_BENCH_GRID_PID";

/** How often the parent is looked for, and how long a process whose parent is gone has to write its checkpoint. */
const lookMs = 250;
const graceMs = 1500;

/**
 * Ends this process some two seconds after the grid that started it is gone; does nothing in any other process. A thread of its own
 * does so: the main one may be in a long computation or an endless loop, where it sees neither a signal nor the end of a channel.
 */
export function watchParent(): void {
  const parent = Number(process.env[gridVariable]);
  if (!(Number.isInteger(parent) && parent > 0)) return;
  const code = `
    const { workerData: { parent, lookMs, graceMs } } = require("node:worker_threads");
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs);
    }, lookMs);`;
  new Worker(code, { eval: true, execArgv: [], workerData: { parent, lookMs, graceMs } }).unref();
}
