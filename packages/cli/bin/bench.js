#!/usr/bin/env node
// Starts the built program; in a fresh checkout it builds it first.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "dist", "main.js");
const top = join(here, "..", "..", "..");
if (!existsSync(built) && existsSync(join(top, "tsconfig.json"))) {
  process.stderr.write("building bench, once\n");
  execFileSync(process.execPath, [join(top, "node_modules", "typescript", "bin", "tsc"), "-b"], {
    cwd: top,
    stdio: "inherit",
  });
}
const { main } = await import("../dist/main.js");
await main(process.argv.slice(2));
