// Which texts are checked, and in which of them every number that looks like a result must have a source.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ask } from "./ask.mjs";
import { checkText } from "./check.mjs";

/** The folder of the repository. */
export const top = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Texts that state results. Pages that are made from records are compared with these byte by byte, by other tests; the
 * log, the changelog and the decisions are dated records of what was seen then.
 */
const statesResults = /^(?:README\.md|docs\/(?:engines|findings)\.md|benchmarks\/.+\/README\.md|results\/README\.md)$/;

/** Markdown files that are tracked, or new and not ignored. */
export const markdownFiles = () =>
  execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--deduplicate", "*.md"], {
    cwd: top,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(top, file)));

/** @param {string} file relative to the repository */
export const readText = (file) => (existsSync(join(top, file)) ? readFileSync(join(top, file), "utf8") : null);

/**
 * Compares a file with the records.
 *
 * @param {string} file relative to the repository
 */
export function checkFile(file) {
  const text = readText(file);
  if (text === null) throw new Error(`'${file}' does not exist: name a Markdown file of the repository`);
  return checkText(text, { ask, readFile: readText, mustBind: statesResults.test(file) });
}
