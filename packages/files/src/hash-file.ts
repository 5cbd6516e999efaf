// Digests of files, read in blocks, because weights can be larger than memory.

import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const BLOCK_BYTES = 4 << 20;

/** A file's digest as hexadecimal digits. */
export function digestOf(path: string, algorithm: "sha256" | "md5"): string {
  const hash = createHash(algorithm);
  hashFile(hash, path);
  return hash.digest("hex");
}

/** Adds the bytes of a file to a hash. */
export function hashFile(hash: Hash, path: string): void {
  const block = Buffer.alloc(BLOCK_BYTES);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, block); n > 0; n = readSync(file, block)) hash.update(block.subarray(0, n));
  } finally {
    closeSync(file);
  }
}
