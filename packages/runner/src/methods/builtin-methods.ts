// The names of the built-in methods' packages, without loading them.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Packages of the built-in methods, in the order of tables: the dependencies of this package that are named like one.
 */
export const builtinMethods: readonly string[] = Object.keys(
  (require("../../package.json") as { dependencies: Record<string, string> }).dependencies,
).filter((name) => name.startsWith("@dit-bench/method-"));
