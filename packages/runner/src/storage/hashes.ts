// Digests of files and folders. Files are read in blocks, because weights can be larger than memory.

import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * SHA-256 of a file, or of a folder: that of the names and bytes of all files below it, in order of their paths. Hidden
 * files and folders do not count: system and download tools leave them beside weights (`.DS_Store`, `.cache`, `.git`).
 */
export function sha256Of(path: string): string {
  if (!statSync(path).isDirectory()) return digestOf(path, "sha256");
  const hash = createHash("sha256");
  for (const name of filesBelow(path)) {
    hash.update(`${name}\0`);
    hashFile(hash, join(path, name));
  }
  return hash.digest("hex");
}

/** A file's digest as hexadecimal digits. */
export function digestOf(path: string, algorithm: "sha256" | "md5"): string {
  const hash = createHash(algorithm);
  hashFile(hash, path);
  return hash.digest("hex");
}

/** Eight hexadecimal digits, for the names of folders and files. */
export const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

const BLOCK_BYTES = 4 << 20;

function hashFile(hash: Hash, path: string): void {
  const block = Buffer.alloc(BLOCK_BYTES);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, block); n > 0; n = readSync(file, block)) hash.update(block.subarray(0, n));
  } finally {
    closeSync(file);
  }
}

function filesBelow(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => !/(?:^|[\\/])\./.test(name))
      .sort()
      // Broken links and names that are not UTF-8 are left out: no weights can be read from these.
      .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
  );
}
