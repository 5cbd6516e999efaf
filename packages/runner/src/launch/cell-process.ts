// Both ends of the connection between a grid and the process of a cell, for any launcher.

import type { Listener } from "../events.ts";
import type { CellJob, JobObserver, Launcher, SubmittedCell } from "./launcher.ts";
import { findLauncher } from "./launchers.ts";
import { asCellMessage, type CellMessage } from "./messages.ts";

/** Environment variable with the name of the launcher that started this process. */
const launcherVariable = "DIT_BENCH_LAUNCHER";

export interface CellObserver extends Pick<JobObserver, "output"> {
  message(message: CellMessage): void;
}

/** In the grid's process: starts a cell. Values that are no message of a cell are ignored: a plug-in may send them. */
export function submitCell(
  launcher: Launcher,
  { arguments: args, environment = {} }: Pick<CellJob, "arguments"> & Partial<CellJob>,
  observer: CellObserver,
): SubmittedCell {
  return launcher.submit(
    { arguments: args, environment: { ...environment, [launcherVariable]: launcher.name } },
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
  const name = process.env[launcherVariable];
  delete process.env[launcherVariable]; // processes that a plug-in starts are not the grid's
  const channel = name === undefined ? undefined : findLauncher(name).connect(stop);
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
