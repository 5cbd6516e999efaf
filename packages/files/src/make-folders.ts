// Folders, made with those above them.

import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it; does nothing where it exists. System errors (EACCES, ENOSPC, EEXIST for a file in its place)
 * pass through.
 *
 * Not by Node's recursive mkdir, which never returns where the system answers ENOENT for a folder whose parent exists: below a
 * current folder that was deleted, and in /proc (seen with Node 20.20).
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
    if (!isFolder(folder)) throw error; // EEXIST for most; a read-only disk or a root gives other codes for a folder that exists
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
