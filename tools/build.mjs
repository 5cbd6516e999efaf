// Compiles every package: the references of the root tsconfig.json, and each folder in packages/methods.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = join(dirname(fileURLToPath(import.meta.url)), "..");
const methods = readdirSync(join(top, "packages", "methods"))
  .map((name) => join("packages", "methods", name))
  .filter((folder) => existsSync(join(top, folder, "tsconfig.json")));
const compiler = join(top, "node_modules", "typescript", "bin", "tsc");

try {
  execFileSync(process.execPath, [compiler, "-b", ".", ...methods, ...process.argv.slice(2)], {
    cwd: top,
    stdio: "inherit",
  });
} catch (error) {
  // The compiler has printed its errors; a stack trace of this script would hide them.
  process.exitCode = /** @type {{ status?: number }} */ (error).status || 1;
}
