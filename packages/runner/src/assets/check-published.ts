// Is a file that lies under a published name the published one? Hashed once; a note beside it saves doing it again.
//
// The note is the one that `bring` of @dit-bench/fetch leaves and reads: `.FILE.checked` with size and time of what was
// checked. This reads it without waiting, because weights are opened so; a test keeps the two alike.

import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { replaceFileSync } from "@dit-bench/files";
import { BenchError } from "../errors.ts";
import { digestOf } from "../storage/hashes.ts";
import type { WeightsFile } from "./locate.ts";

/**
 * Throws BenchError (data) where a file of these in `folder` has another checksum than was published under `name`. A
 * file whose checksum nobody published is believed by its size, which `locate` compares.
 */
export function checkPublished(
  name: string,
  folder: string,
  files: readonly Pick<WeightsFile, "file" | "md5" | "sha256">[],
): void {
  for (const { file, md5, sha256 } of files) {
    const path = join(folder, file);
    const [algorithm, wanted] = sha256 ? (["sha256", sha256] as const) : (["md5", md5] as const);
    const mark = markOf(path); // before it is read: what changes in the meantime is not what was checked
    if (wanted === null || noted(path) === mark) continue;
    const found = digestOf(path, algorithm);
    if (found !== wanted)
      throw new BenchError(
        "data",
        `${path} is not the published file: its ${algorithm.toUpperCase()} is ${found}, wanted ${wanted}; ` +
          `remove it and get it with 'bench fetch ${name}', or, where you want this very file, ` +
          "name it by its path from another place",
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

/** The file is right whether or not it can be noted: in a folder that may not be written to it is hashed again. */
function note(path: string, mark: string): void {
  try {
    replaceFileSync(noteOf(path), [Buffer.from(mark)]);
  } catch {
    // the folder cannot be written to
  }
}
