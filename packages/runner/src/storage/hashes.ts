// Digests of weights, which are a file or a folder, and of texts.

import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestOf, hashFile } from "@dit-bench/files";

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

/** Eight hexadecimal digits, for the names of folders and files. */
export const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

function filesBelow(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => !/(?:^|[\\/])\./.test(name))
      .sort()
      // Broken links and names that are not UTF-8 are left out: no weights can be read from these.
      .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
  );
}
