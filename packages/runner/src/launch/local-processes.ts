// Each cell is a child process of the grid, and Node's IPC channel connects them.

import { type ChildProcess, spawn } from "node:child_process";
import { exitCodes } from "../errors.ts";
import { isStop, type StopMessage } from "./messages.ts";
import type { CellEnd, ProcessStarter } from "./process-starter.ts";
import { gridVariable } from "./watch-parent.ts";

export const localProcesses: ProcessStarter = {
  submit({ arguments: args, environment }, observer) {
    const child = spawn(process.execPath, [...nodeOptions(), ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...plainEnvironment(), ...environment, [gridVariable]: String(process.pid) },
    });
    for (const name of ["stdout", "stderr"] as const) {
      const stream = child[name]; // null if the system had no file descriptors left for a process
      stream?.setEncoding("utf8").on("data", (text: string) => observer.output(text, name));
      stream?.on("error", () => {});
    }
    child.on("message", (received) => observer.message(received));
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

/** A job's end of the channel. */
export interface CellChannel {
  /** Resolves when the message was handed over, or cannot be because the grid is gone. */
  send(message: unknown): Promise<void>;
}

/**
 * Called once in the process of a job: opens its end of the channel to the grid. Undefined if there is no channel.
 *
 * @param stop called with an exit code when the grid asks for a stop, or is gone
 */
export function connectToGrid(stop: (code: number) => void): CellChannel | undefined {
  delete process.env[gridVariable]; // processes that a plug-in starts are not the grid's
  if (process.send === undefined) return undefined;
  process.on("message", (message) => isStop(message) && stop(message.code));
  process.on("disconnect", () => stop(exitCodes.interrupted));
  process.channel?.unref(); // else the channel would keep a process alive whose plug-in never finishes
  return {
    send: (message) =>
      new Promise<void>((resolve) => {
        if (!process.connected) return resolve();
        process.send!(message, () => resolve());
      }),
  };
}

/** Longest wait for the output of a process that has ended: a process that it started may hold the pipes open. */
const outputMs = 1000;

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

/** The environment without colours: output is written to a log. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...others } = process.env;
  return { ...others, NO_COLOR: "1" };
}

/** Keeps Node from opening a debugger's port on SIGUSR1 before the program listens. Node 20 lacks the option. */
const nodeOptions = (): string[] =>
  ["--disable-sigusr1"].filter((option) => process.allowedNodeEnvironmentFlags.has(option));
