// Both ends of the connection between a grid and the process of a cell.

import type { Listener } from "../events.ts";
import { connectToGrid, localProcesses } from "./local-processes.ts";
import { asCellMessage, type CellMessage } from "./messages.ts";
import type { CellJob, JobObserver, ProcessStarter, SubmittedCell } from "./process-starter.ts";
import { gridVariable } from "./watch-parent.ts";

export interface CellObserver extends Pick<JobObserver, "output"> {
  message(message: CellMessage): void;
}

/** In the grid's process: starts a cell. Values that are no message of a cell are ignored: a plug-in may send them. */
export function submitCell(
  { arguments: args, environment = {} }: Pick<CellJob, "arguments"> & Partial<CellJob>,
  observer: CellObserver,
  starter: ProcessStarter = localProcesses,
): SubmittedCell {
  return starter.submit(
    { arguments: args, environment },
    {
      output: (text, stream) => observer.output(text, stream),
      message(received) {
        const message = asCellMessage(received);
        if (message) observer.message(message);
      },
    },
  );
}

export interface GridLink {
  readonly listener: Pick<Listener, "stage" | "progress">;
  /** Resolves when the message was handed over. */
  send(message: CellMessage): Promise<void>;
}

/** Least time between two messages of progress. */
const progressMs = 250;

/**
 * In a cell's process: reports progress and results to its grid. Undefined in a process that no grid has started.
 *
 * @param stop called with an exit code when the grid asks for a stop, or is gone
 */
export function linkToGrid(stop: (code: number) => void): GridLink | undefined {
  const channel = process.env[gridVariable] === undefined ? undefined : connectToGrid(stop);
  if (!channel) return undefined;
  const send = (message: CellMessage) => channel.send(message);
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
