// Runs commands in the process of the test, which saves the start of a process: two seconds on two slow cores.

import { signalExitCodes } from "@dit-bench/runner/errors";
import { vi } from "vitest";
import type { Finished } from "./bench.test.data.ts";
import { main } from "./main.ts";
import { cell, place } from "./tiny-place.test.data.ts";

/**
 * Runs `bench` in `place`, by its sources. Processes that it starts run the built program. For runs at the same time,
 * signals and plug-ins, use `go`: this one catches what the whole process prints.
 */
export async function goHere(...args: string[]): Promise<Finished> {
  const { exitCode } = process;
  const folder = process.cwd();
  const signals = Object.keys(signalExitCodes) as NodeJS.Signals[];
  const listeners = signals.map((signal) => process.listeners(signal));
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  vi.stubEnv("NO_COLOR", "1");
  process.chdir(place);
  try {
    const code = await main(args);
    const last = printed.stdout.trimEnd().split("\n").at(-1)!;
    return { code, signal: null, ...printed, json: last.startsWith("{") ? JSON.parse(last) : {} };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.chdir(folder);
    process.exitCode = exitCode;
    signals.forEach((signal, i) => {
      for (const listener of process.listeners(signal))
        if (!listeners[i]!.includes(listener)) process.off(signal, listener);
    });
  }
}

/** Runs the cell in this process, with more flags. */
export const runHere = (...args: string[]) => goHere(...cell, ...args);
