// Checks that a file with a published name is the published file. It is hashed once: the note of @dit-bench/files
// beside it avoids hashing it again.

import { join } from "node:path";
import { checkMark, digestOf, isChecked, noteChecked } from "@dit-bench/files";
import { BenchError } from "../errors.ts";
import type { WeightsFile } from "./locate.ts";

/**
 * Throws BenchError (data) if one of these files in `folder` does not have the checksum that was published under
 * `name`. A file without a published checksum is accepted: `locate` has compared its size.
 */
export function checkPublished(
  name: string,
  folder: string,
  files: readonly Pick<WeightsFile, "file" | "md5" | "sha256">[],
): void {
  for (const { file, md5, sha256 } of files) {
    const path = join(folder, file);
    const [algorithm, wanted] = sha256 ? (["sha256", sha256] as const) : (["md5", md5] as const);
    const mark = checkMark(path);
    if (wanted === null || isChecked(path, mark)) continue;
    const found = digestOf(path, algorithm);
    if (found !== wanted)
      throw new BenchError(
        "data",
        `${path} is not the published file: its ${algorithm.toUpperCase()} is ${found}, wanted ${wanted}; ` +
          `remove it and get it with 'bench fetch ${name}', or, to use this file, move it to another folder and ` +
          "name it by its path",
      );
    noteChecked(path, mark);
  }
}
