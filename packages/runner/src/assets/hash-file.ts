// A file's bytes through a hash, a few at a time.

import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** Updates `hash` with all bytes of a file. */
export function hashFile(hash: Hash, path: string): void {
  const buffer = Buffer.alloc(4 << 20);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(file);
  }
}

/** As hexadecimal digits. */
export function digestOf(path: string, algorithm: "sha256" | "md5"): string {
  const hash = createHash(algorithm);
  hashFile(hash, path);
  return hash.digest("hex");
}
