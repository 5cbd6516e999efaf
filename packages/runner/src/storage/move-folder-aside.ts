// Handles a folder at a path where a run writes a file: it cannot be replaced, and only its owner knows what is in it.

import { existsSync, renameSync, rmdirSync, statSync } from "node:fs";
import type { Listener } from "../events.ts";

/** Renames a folder at `path` to `PATH.moved-1`, or to the next free number. Removes the folder if it is empty. */
export function moveFolderAside(path: string, listener: Listener): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    rmdirSync(path);
    return;
  } catch {
    // it is not empty
  }
  let n = 1;
  while (existsSync(`${path}.moved-${n}`)) n++;
  renameSync(path, `${path}.moved-${n}`);
  listener.note?.(`${path} is a folder where a file belongs: moved to ${path}.moved-${n}`);
}
