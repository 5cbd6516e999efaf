// Folders, made with those above them.

import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it; does nothing where it exists. System errors (EACCES, ENOSPC, EEXIST for a file in its place)
 * pass through.
 *
 * Node's own recursive mkdir is not used: where the system refuses a folder with ENOENT below one that exists, it never returns
 * (seen with Node 20.20 below a deleted current folder and in /proc).
 */
export function makeFolders(path: string): void {
  const folder = resolve(path);
  try {
    makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolders(dirname(folder));
    makeOne(folder); // a second ENOENT is the system's refusal
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error; // else made by another process, or before
  }
}
