// Names of files that are being written. The names are hidden, so that readers skip the files, and have one form, so
// that leftover files can be found.

import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const temporaryForm = /^\..+\.[0-9a-f]{12}\.tmp$/;

/**
 * A new name beside `path`: `.NAME.HEX.tmp`. It is random, because two processes may write the same file, and a process
 * id is unique on one machine only.
 */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);

/** True if the name has the form of `temporaryName`. */
export const isTemporary = (path: string): boolean => temporaryForm.test(basename(path));

/**
 * Removes the temporary files that killed processes left in `folder`; returns their names. Subfolders are not searched.
 *
 * @param minAgeSeconds files changed more recently are kept, because another process may be writing them; 0 only for
 *   the holder of a lock on the folder
 */
export function removeLeftovers(folder: string, minAgeSeconds = 600): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // the folder does not exist
  }
  return names.filter(isTemporary).filter((name) => {
    const path = join(folder, name);
    try {
      if (Date.now() - statSync(path).mtimeMs < 1e3 * minAgeSeconds) return false;
      rmSync(path, { force: true });
      return true;
    } catch {
      return false; // renamed by its writer meanwhile, or owned by another user
    }
  });
}
