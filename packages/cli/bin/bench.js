#!/usr/bin/env node
// Starts the compiled program. In a fresh checkout, the program is compiled first.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// These listeners work until the program adds its own. Without a listener, Node opens its debugger port on SIGUSR1. The
// exit code 75 means `interrupted`; it is a literal because the table of exit codes may not be compiled yet.
for (const signal of ["SIGUSR1", "SIGUSR2"])
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(75);
  });

const thisFolder = dirname(fileURLToPath(import.meta.url));
const programFile = join(thisFolder, "..", "dist", "start.js");
const checkout = join(thisFolder, "..", "..", "..");
if (!existsSync(programFile) && existsSync(join(checkout, "tsconfig.json"))) {
  process.stderr.write("building bench; later starts skip this\n");
  execFileSync(process.execPath, [join(checkout, "tools", "build.mjs")], { stdio: "inherit" });
}
module.enableCompileCache?.(); // from Node 22.1: later starts read the compiled code from a cache
const { watchParent } = await import("@dit-bench/runner/watch-parent");
watchParent();
const { start } = await import("../dist/start.js");
await start(process.argv.slice(2));
