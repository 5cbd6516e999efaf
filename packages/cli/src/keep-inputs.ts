// An output that is one of the inputs would replace it, and the user's file would be lost.

import { realpathSync } from "node:fs";
import { BenchError } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/**
 * Refuses an output file that is one of these inputs, by whatever path.
 *
 * @param inputs what they are called: `--weights`, or 'images'
 */
export function keepInputs(output: string, inputs: Readonly<Record<string, string>>): void {
  const written = realPath(output);
  if (written === undefined) return;
  for (const [what, path] of Object.entries(inputs))
    if (realPath(path) === written)
      throw new BenchError(
        "usage",
        `--output ${printable(output)}: it is the file of ${what}, which would be lost; choose another name`,
      );
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // not there, or not to be seen: the reader or the writer reports that
  }
}
