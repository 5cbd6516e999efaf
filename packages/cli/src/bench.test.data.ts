// Starts the built program as a child process.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON object on the last line of stdout; empty if there is none. */
  readonly json: Record<string, unknown>;
}

/** Runs bench to its end. @param watch called with the whole stderr each time that more of it arrives */
export function bench(
  args: readonly string[],
  { cwd, watch, env }: { cwd: string; watch?: (stderr: string, child: ChildProcess) => void; env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      watch?.(stderr, child);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(finishedOf({ code, signal, stdout, stderr })));
  });
}

export function finishedOf(outcome: Omit<Finished, "json">): Finished {
  const last = outcome.stdout.trimEnd().split("\n").at(-1) ?? "";
  return { ...outcome, json: last.startsWith("{") ? JSON.parse(last) : {} };
}
