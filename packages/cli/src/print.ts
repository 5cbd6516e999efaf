// Where commands write to the screen. Names of files, labels and messages may be anybody's: control characters are shown escaped.

import { shown } from "@dit-bench/files";

const safe = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.split("\t").map(shown).join("\t"))
    .join("\n");

/** Results, on stdout. */
export const print = (text: string): void => void process.stdout.write(safe(text));

/** Progress and notes, on stderr. */
export const printNote = (text: string): void => void process.stderr.write(safe(text));
