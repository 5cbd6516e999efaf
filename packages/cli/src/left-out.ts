// What a command left out, in its JSON and in a last line on the terminal.

import type { LeftOut } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";

const mostNamed = 100;

/** For the JSON: how many files were left out, and the first of them with the reasons. */
export const countLeftOut = (files: readonly LeftOut[]): { skipped: number; leftOut: readonly LeftOut[] } => ({
  skipped: files.length,
  leftOut: files.slice(0, mostNamed),
});

/** A line for stderr; empty where nothing was left out. */
export const describeLeftOut = (folder: string, files: readonly LeftOut[], used: number): string =>
  files.length === 0
    ? ""
    : `${quantity(files.length, "file")} of ${folder} left out, ${quantity(used, "image")} used\n`;
