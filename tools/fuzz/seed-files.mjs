// Seeds from files of the repository, and a file with an input for readers that take a path.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));

/** The path of a file or folder of the repository. @param {string} path */
export const inRepository = (path) => join(top, path);

/** @param {readonly string[]} paths */
export const readSeeds = (paths) => paths.map((path) => readFileSync(inRepository(path)));

/**
 * The files of a folder whose names match.
 *
 * @param {string} folder
 * @param {RegExp} pattern
 */
export const seedsIn = (folder, pattern) =>
  readSeeds(
    readdirSync(inRepository(folder))
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => `${folder}/${name}`),
  );

/**
 * Writes an input under this name and returns its path. A new file, because overwriting waits for the disk on some file
 * systems.
 *
 * @param {string} folder
 * @param {string} name
 * @param {Uint8Array} bytes
 */
export function writeInput(folder, name, bytes) {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, bytes);
  return path;
}

/**
 * The bytes of the file that `write` writes.
 *
 * @param {(path: string, folder: string) => void} write
 */
export function inMemory(write) {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-seed-"));
  try {
    write(join(folder, "file"), folder);
    return readFileSync(join(folder, "file"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
