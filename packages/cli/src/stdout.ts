// Keeps stdout for results. What a plug-in prints there, for example with console.log, goes to stderr instead.

import { callSite } from "@dit-bench/random";
import { printable } from "@dit-bench/text";

type Write = typeof process.stdout.write;

let original: Write | undefined;

/** Writes results to stdout. */
export const writeResult: (text: string, done?: () => void) => void = (text, done) =>
  void (original ?? process.stdout.write).call(process.stdout, text, undefined, done);

/** From now on, only `writeResult` writes to stdout. The first other text gets a line that names its source. */
export function keepStdoutForResults(): void {
  original = process.stdout.write;
  let hasNote = false;
  const writeElsewhere = (...args: unknown[]): boolean => {
    if (!hasNote) {
      hasNote = true;
      const site = callSite(writeElsewhere);
      const source = site === undefined ? "something" : printable(site);
      process.stderr.write(`bench: ${source} prints on stdout, which is for results; its text is shown here instead\n`);
    }
    return (process.stderr.write as (...args: unknown[]) => boolean)(...args);
  };
  process.stdout.write = writeElsewhere as Write;
}
