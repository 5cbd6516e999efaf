// Writes index.js: a named export for each export of tensorflow.js.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const names = Object.keys(createRequire(import.meta.url)("@tensorflow/tfjs")).sort();
const file = fileURLToPath(new URL("index.js", import.meta.url));
writeFileSync(
  file,
  `// Made by write-names.mjs. Loads tensorflow.js with require: an import scans its 3 MB for the names of exports.
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of tensorflow.js

import { createRequire } from "node:module";

/** @type {typeof import("@tensorflow/tfjs")} */
const tf = createRequire(import.meta.url)("@tensorflow/tfjs");

export const { ${names.join(", ")} } = tf;
`,
);
execFileSync("npx", ["biome", "format", "--write", file], { stdio: "inherit" });
