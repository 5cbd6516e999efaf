// Folders, made with those above them.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

/**
 * Makes a folder and those above it; does nothing where it exists. System errors (EACCES, ENOSPC, EEXIST for a file in its place)
 * pass through.
 *
 * The path is made absolute first: for a relative one Node's recursive mkdir never returns once the current folder was deleted
 * (seen with Node 20.20), and the process runs on for ever.
 */
export function makeFolders(path: string): void {
  mkdirSync(resolve(path), { recursive: true });
}
