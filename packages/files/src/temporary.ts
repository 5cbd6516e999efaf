// Names of files that are still being written: hidden, so that readers pass over them, and of one form, so that they can be found.

import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const temporaryForm = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** A new name beside `path`: `.NAME.HEX.tmp`. Random, because two processes may write the same file, and a process id is unique on one machine only. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);

/** Is this the name of a file that `temporaryName` made? */
export const isTemporary = (path: string): boolean => temporaryForm.test(basename(path));

/**
 * Removes the temporary files in `folder` that a killed process left there; returns their names. Folders below it are not searched.
 *
 * @param minAgeSeconds files changed more recently are kept, because another process may be writing them: 0 only for the
 *   holder of a lock on the folder
 */
export function removeLeftovers(folder: string, minAgeSeconds = 600): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // no such folder: nothing was left in it
  }
  return names.filter(isTemporary).filter((name) => {
    const path = join(folder, name);
    try {
      if (Date.now() - statSync(path).mtimeMs < 1e3 * minAgeSeconds) return false;
      rmSync(path, { force: true });
      return true;
    } catch {
      return false; // its writer renamed it in between, or it belongs to another user
    }
  });
}
