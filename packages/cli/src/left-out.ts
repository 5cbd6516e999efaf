// Image files that a command left out: in its JSON, and in one line on stderr.

import type { SkippedFile } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";

/** Files that the JSON lists. */
const mostListed = 100;

/** For the JSON: the number of files left out, and the first of them with the reasons. */
export const countLeftOut = (files: readonly SkippedFile[]): { skipped: number; leftOut: readonly SkippedFile[] } => ({
  skipped: files.length,
  leftOut: files.slice(0, mostListed),
});

/** A line for stderr; empty if nothing was left out. */
export const describeLeftOut = (folder: string, files: readonly SkippedFile[], used: number): string =>
  files.length === 0
    ? ""
    : `${quantity(files.length, "file")} of ${folder} left out, ${quantity(used, "image")} used\n`;
