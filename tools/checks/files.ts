// Lists and reads the files for the checks of the whole repository.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const top = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Lists the tracked files and the new files that git does not ignore, relative to the repository.
 *
 * @param ext extensions without the dot
 */
export function trackedFiles(...ext: string[]): string[] {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--deduplicate"], {
    cwd: top,
    encoding: "utf8",
  });
  const deleted = new Set(execFileSync("git", ["ls-files", "-d"], { cwd: top, encoding: "utf8" }).split("\n"));
  return list.split("\n").filter((f) => ext.some((e) => f.endsWith(`.${e}`)) && !deleted.has(f));
}

export const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

export const sourceExtensions = ["ts", "mjs", "js", "css", "py", "sh"] as const;
