// Writes a large file part by part; the file appears when it is complete.

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { nameFileInError } from "./name-file-in-error.ts";
import { syncFolderSync } from "./sync-folder.ts";
import { temporaryName } from "./temporary.ts";

/**
 * Writes the parts in order to a temporary file in the same folder, flushes it, then renames it over `path`. On an
 * error (ENOSPC, EACCES …) the previous file stays, and the error names `path`.
 */
export function replaceFileSync(path: string, parts: Iterable<Uint8Array>): void {
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, "wx");
    try {
      for (const part of parts) writeAll(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolderSync(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw nameFileInError(error, path);
  }
}

const maxCallBytes = 1 << 30; // the limit of one system call is 2^31 - 1 bytes

function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, Math.min(maxCallBytes, bytes.length - done));
}
