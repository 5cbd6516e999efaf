// Reports the image files that a command left out, in its JSON output and in one line on stderr.

import type { SkippedFile } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";

/** The largest number of files that the JSON output lists. */
const maxListed = 100;

/** Returns the properties for the JSON output: the number of files left out, and the first of them with the reasons. */
export const countLeftOut = (files: readonly SkippedFile[]): { skipped: number; leftOut: readonly SkippedFile[] } => ({
  skipped: files.length,
  leftOut: files.slice(0, maxListed),
});

/** Returns a line for stderr, or an empty text if nothing was left out. */
export const describeLeftOut = (folder: string, files: readonly SkippedFile[], used: number): string =>
  files.length === 0
    ? ""
    : `${quantity(files.length, "file")} of ${folder} left out, ${quantity(used, "image")} used\n`;
