// Writes or copies a file whole or not at all, without blocking.

import { constants } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolders } from "./make-folders.ts";
import { nameFileInError } from "./name-file-in-error.ts";
import { syncFolder } from "./sync-folder.ts";
import { temporaryName } from "./temporary.ts";

/**
 * Writes a file whole or not at all: to a temporary file beside it, flushed to the disk, then renamed over `path`.
 * Makes the folder if necessary. On an error (ENOSPC, EACCES …) the previous file stays, and the error names `path`.
 */
export const replaceFile = (path: string, content: string | Uint8Array): Promise<void> =>
  replace(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  });

/** Copies the file at `source` to `path`, whole or not at all, with the same guarantees as `replaceFile`. */
export const replaceFileWithCopy = (path: string, source: string): Promise<void> =>
  replace(path, async (temporary) => {
    await copyFile(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const file = await open(temporary, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });

async function replace(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  makeFolders(folder);
  const temporary = temporaryName(path);
  try {
    await write(temporary);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw nameFileInError(error, path);
  }
}
