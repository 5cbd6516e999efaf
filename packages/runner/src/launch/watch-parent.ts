// Ends the process of a cell when the grid that started it is gone. This module imports nothing of the project: it is
// loaded first, so that it also works while the rest is loaded.

import { Worker } from "node:worker_threads";

/** Environment variable with the process id of the grid that started this process. */
export const gridVariable = "DIT_BENCH_GRID_PID";

/** Time between two checks of the parent. */
const checkMs = 250;
/** Time for a process whose parent is gone to write its checkpoint. */
const graceMs = 1500;

/**
 * Ends this process about two seconds after the grid that started it is gone. Does nothing in other processes. Uses a
 * worker thread, because in a long computation or an endless loop the main thread sees neither signals nor the end of
 * the channel.
 */
export function watchParent(): void {
  const parent = Number(process.env[gridVariable]);
  if (!(Number.isInteger(parent) && parent > 0)) return;
  const code = `
    const { workerData: { parent, checkMs, graceMs } } = require("node:worker_threads");
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs);
    }, checkMs);`;
  new Worker(code, { eval: true, execArgv: [], workerData: { parent, checkMs, graceMs } }).unref();
}
