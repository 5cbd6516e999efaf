// Files of a folder that a command skips because they are no usable images.

import { join } from "node:path";
import type { Skipped } from "@dit-bench/datasets";
import { printable } from "@dit-bench/text";
import { BenchError } from "./errors.ts";
import type { Listener } from "./events.ts";

/** A skipped file, by its path below the folder, and the reason. */
export type SkippedFile = Pick<Skipped, "file" | "reason">;

/**
 * Notes each skipped file as it is added.
 *
 * @returns `add`, which throws BenchError (data) if `strict` and the file may be an image; `files`, those of the added
 *   files that may be images
 */
export function collectSkipped(
  folder: string,
  strict: boolean,
  listener: Listener | undefined,
): { add(skipped: Skipped): void; readonly files: readonly SkippedFile[] } {
  const files: SkippedFile[] = [];
  return {
    files,
    add({ file, reason, harmless }) {
      const what = `${printable(join(folder, file))}: ${reason}`;
      if (strict && !harmless)
        throw new BenchError("data", `${what}; repair or remove it, or leave --strict away to pass over it`);
      listener?.note?.(`left out ${what}`);
      if (!harmless) files.push({ file, reason });
    },
  };
}
