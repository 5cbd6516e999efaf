// A folder where a run writes a file: nothing can replace it, and only its owner knows what it is.

import { existsSync, renameSync, rmdirSync, statSync } from "node:fs";
import type { Listener } from "../events.ts";

/** Moves a folder at `path` aside, to `PATH.moved-1` or the next free number; an empty one is removed. */
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
