// A cell's side of the channel to its grid: reports progress and the result, and ends with its grid.

import { Worker } from "node:worker_threads";
import { exitCodes } from "../errors.ts";
import type { Listener } from "../events.ts";
import { type CellMessage, gridVariable, isStop } from "./messages.ts";

export interface GridLink {
  readonly listener: Pick<Listener, "stage" | "progress">;
  /** Resolves when the message was handed over. */
  send(message: CellMessage): Promise<void>;
}

/** Progress is sent at most this often. */
const progressMs = 250;

/**
 * The link of a process that a grid has started; undefined in any other.
 *
 * @param stop called when the grid asks for a stop, or is gone, with the exit code
 */
export function linkToGrid(stop: (code: number) => void): GridLink | undefined {
  const parent = Number(process.env[gridVariable]);
  delete process.env[gridVariable]; // processes that a plug-in starts are not the grid's
  if (!Number.isInteger(parent) || process.send === undefined) return undefined;
  process.on("message", (message) => isStop(message) && stop(message.code));
  process.on("disconnect", () => stop(exitCodes.interrupted));
  process.channel?.unref(); // the channel alone must not keep a process alive whose plug-in awaits for ever
  watchParent(parent);
  const send = (message: CellMessage) =>
    new Promise<void>((resolve) => {
      if (!process.connected) return resolve();
      process.send!(message, () => resolve());
    });
  let sentAt = 0;
  return {
    send,
    listener: {
      stage: (name, detail) => {
        sentAt = 0;
        void send({ kind: "stage", name, ...(detail === undefined ? {} : { detail }) });
      },
      progress: (done, total, note) => {
        const now = performance.now();
        if (now - sentAt < progressMs) return;
        sentAt = now;
        void send({ kind: "progress", done, total, ...(note === undefined ? {} : { note }) });
      },
    },
  };
}

/** How often the parent is looked for, and how long a process whose parent is gone has to write its checkpoint. */
const lookMs = 500;
const graceMs = 1500;

/**
 * Ends this process some two seconds after its parent is gone. A thread of its own does so: the main one may be in a long computation
 * or an endless loop, where it sees neither a signal nor the end of the channel.
 */
function watchParent(parent: number): void {
  const code = `
    const { workerData: { parent, lookMs, graceMs } } = require("node:worker_threads");
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs);
    }, lookMs);`;
  new Worker(code, { eval: true, execArgv: [], workerData: { parent, lookMs, graceMs } }).unref();
}
