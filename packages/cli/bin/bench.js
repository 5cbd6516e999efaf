#!/usr/bin/env node
// Starts the built program; in a fresh checkout it builds it first.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// Until the program has its own listeners: Node would open the port of its debugger on SIGUSR1. The exit code is that of
// an interruption; its table may not be built yet.
for (const signal of ["SIGUSR1", "SIGUSR2"])
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(75);
  });

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "dist", "start.js");
const top = join(here, "..", "..", "..");
if (!existsSync(built) && existsSync(join(top, "tsconfig.json"))) {
  process.stderr.write("building bench, once\n");
  execFileSync(process.execPath, [join(top, "tools", "build.mjs")], { stdio: "inherit" });
}
const { watchParent } = await import("@dit-bench/runner/watch-parent");
watchParent();
const { start } = await import("../dist/start.js");
await start(process.argv.slice(2));
