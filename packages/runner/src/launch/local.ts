// Starts cells and observes them. Other places to run cells, such as a cluster's queue, would be other launchers.

import { type ChildProcess, spawn } from "node:child_process";
import { asCellMessage, type CellMessage, type StopMessage } from "./messages.ts";
import { gridVariable } from "./watch-parent.ts";

export interface Launcher {
  /**
   * @param command arguments of Node
   * @param environment variables beside those of this process
   */
  start(
    command: readonly string[],
    observer: CellObserver,
    environment?: Readonly<Record<string, string>>,
  ): RunningCell;
}

export interface CellObserver {
  message(message: CellMessage): void;
  /** Anything that the cell prints, in pieces. */
  output(text: string, stream: OutputStream): void;
}

export type OutputStream = "stdout" | "stderr";

export interface RunningCell {
  readonly ended: Promise<CellEnd>;
  /** Asks for a stop at the next safe place; the cell exits with this code. */
  stop(code: number): void;
  /** Ends the cell at once. */
  kill(): void;
}

export interface CellEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the cell could not be started. */
  readonly error?: string;
}

/** How long output is awaited from a process that has ended: one that it started may hold the pipes open. */
const outputMs = 1000;

/** Each cell is a child process of this one. */
export const localProcesses: Launcher = {
  start(command, observer, environment = {}) {
    const child = spawn(process.execPath, [...nodeOptions(), ...command], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...plainEnvironment(), ...environment, [gridVariable]: String(process.pid) },
    });
    for (const name of ["stdout", "stderr"] as const) {
      const stream = child[name]; // none where the system had no file descriptors left for a process
      stream?.setEncoding("utf8").on("data", (text: string) => observer.output(text, name));
      stream?.on("error", () => {});
    }
    child.on("message", (received) => {
      const message = asCellMessage(received);
      if (message) observer.message(message);
    });
    const send = (message: StopMessage) => {
      if (child.connected)
        child.send(message, () => {}); // the callback takes the error of a process that ends just now
      else child.kill("SIGTERM");
    };
    return {
      ended: endOf(child),
      stop: (code) => send({ kind: "stop", code }),
      kill: () => void child.kill("SIGKILL"),
    };
  },
};

function endOf(child: ChildProcess): Promise<CellEnd> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error: error.message });
    });
    child.on("close", (code, signal) => resolve({ code, signal }));
    child.on("exit", (code, signal) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        if (child.connected) child.disconnect();
        resolve({ code, signal });
      }, outputMs).unref();
    });
  });
}

/** Output goes into a log, where colours do not belong. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...others } = process.env;
  return { ...others, NO_COLOR: "1" };
}

/** Node would open a debugger's port on SIGUSR1 before the program listens; later versions have a flag against it. */
const nodeOptions = (): string[] =>
  ["--disable-sigusr1"].filter((option) => process.allowedNodeEnvironmentFlags.has(option));
