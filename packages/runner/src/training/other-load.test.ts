// The measurement of other processes' CPU time.

import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { expect, test } from "vitest";
import { measureOtherLoad } from "./other-load.ts";

test("counts the work of another process and not the work of this one", async () => {
  const child = spawn(process.execPath, ["-e", "for (;;);"]);
  await new Promise((started) => setTimeout(started, 300));
  const other = measureOtherLoad();
  const start = performance.now();
  while (performance.now() - start < 1000); // one core's work of our own
  const seconds = (performance.now() - start) / 1e3;
  const load = other() / seconds;
  child.kill("SIGKILL");
  expect(load).toBeGreaterThan(0.3); // on one core the two share it
  expect(load).toBeLessThan(cpus().length);
});
