// Runs a command in the process of the tests: starting the built program takes a second or two. For commands that no
// signal ends, and whose own process does not matter.

import { vi } from "vitest";
import { type Finished, finishedOf } from "./bench.test.data.ts";
import { main } from "./main.ts";

/** Runs bench to its end, as `bench` does. Commands must not overlap: they share the folder and the environment. */
export async function benchInProcess(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  const folder = process.cwd();
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text, ...rest) => {
      written[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      for (const done of rest) if (typeof done === "function") done();
      return true;
    }),
  );
  for (const [name, value] of Object.entries({ NO_COLOR: "1", ...env })) vi.stubEnv(name, value);
  process.chdir(cwd);
  try {
    return finishedOf({ code: await main(args), signal: null, ...written });
  } finally {
    process.chdir(folder);
    process.exitCode = 0;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
