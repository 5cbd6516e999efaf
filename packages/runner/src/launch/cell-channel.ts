// A cell's side of the channel to its grid: reports progress and the result, and stops when the grid asks or is gone.

import { exitCodes } from "../errors.ts";
import type { Listener } from "../events.ts";
import { type CellMessage, isStop } from "./messages.ts";
import { gridVariable } from "./watch-parent.ts";

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
  const ofGrid = process.env[gridVariable] !== undefined;
  delete process.env[gridVariable]; // processes that a plug-in starts are not the grid's
  if (!ofGrid || process.send === undefined) return undefined;
  process.on("message", (message) => isStop(message) && stop(message.code));
  process.on("disconnect", () => stop(exitCodes.interrupted));
  process.channel?.unref(); // the channel alone must not keep a process alive whose plug-in awaits for ever
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
