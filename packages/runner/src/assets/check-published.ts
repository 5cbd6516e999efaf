// Checks that a downloaded file is the published one. It is hashed once; a note beside it saves the next check.
//
// `bring` of @dit-bench/fetch reads and writes the same note: `.FILE.checked`, with the size and the time of the file
// that was checked. This is the synchronous version, for weights, which are opened synchronously; a test compares both.

import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { replaceFileSync } from "@dit-bench/files";
import { BenchError } from "../errors.ts";
import { digestOf } from "../storage/hashes.ts";
import type { WeightsFile } from "./locate.ts";

/**
 * Throws BenchError (data) where one of these files in `folder` does not have the checksum that was published under
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
    const mark = markOf(path); // before reading, so that a change meanwhile is noticed next time
    if (wanted === null || noted(path) === mark) continue;
    const found = digestOf(path, algorithm);
    if (found !== wanted)
      throw new BenchError(
        "data",
        `${path} is not the published file: its ${algorithm.toUpperCase()} is ${found}, wanted ${wanted}; ` +
          `remove it and get it with 'bench fetch ${name}', or, to use this file, move it to another folder and ` +
          "name it by its path",
      );
    note(path, mark);
  }
}

const noteOf = (path: string) => join(dirname(path), `.${basename(path)}.checked`);

function markOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${size} ${mtimeMs}\n`;
}

function noted(path: string): string | undefined {
  try {
    return readFileSync(noteOf(path), "utf8");
  } catch {
    return undefined;
  }
}

/** Writes the note. In a read-only folder there is none, and the file is hashed again each time. */
function note(path: string, mark: string): void {
  try {
    replaceFileSync(noteOf(path), [Buffer.from(mark)]);
  } catch {
    // the folder cannot be written to
  }
}
