// Runs a command in the process of the test, which saves the start of a process: two seconds on two slow cores.

import { signalExitCodes } from "@dit-bench/runner/errors";
import { vi } from "vitest";
import { type Finished, finishedOf } from "./bench.test.data.ts";
import { main } from "./main.ts";

/**
 * Runs `bench`, by its sources. Processes that it starts run the built program. For runs at the same time, signals and
 * plug-ins, use `bench`: this one catches what the whole process prints.
 */
export async function benchInProcess(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  const { exitCode } = process;
  const folder = process.cwd();
  const signals = Object.keys(signalExitCodes) as NodeJS.Signals[];
  const listeners = signals.map((signal) => process.listeners(signal));
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text, ...rest) => {
      printed[name] += text;
      for (const done of rest) if (typeof done === "function") done();
      return true;
    }),
  );
  for (const [name, value] of Object.entries({ NO_COLOR: "1", ...env })) vi.stubEnv(name, value);
  process.chdir(cwd);
  try {
    return finishedOf({ code: await main(args), signal: null, ...printed });
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
