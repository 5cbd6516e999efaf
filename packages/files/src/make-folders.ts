// Makes folders with their parents.

import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and its parents; does nothing if it exists. System errors (EACCES, ENOSPC, EEXIST for a file of that
 * name) pass through.
 *
 * Node's recursive mkdir is not used: it never returns if the system reports ENOENT for a folder whose parent exists,
 * as below a deleted current folder and in /proc (Node 20.20).
 */
export function makeFolders(path: string): void {
  const folder = resolve(path);
  const parent = dirname(folder);
  try {
    make(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || isFolder(parent)) throw error;
    makeFolders(parent);
    make(folder);
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // For an existing folder most systems report EEXIST. A read-only disk and a root folder cause other codes.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
