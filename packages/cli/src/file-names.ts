// Names of files and folders out of texts that a stranger may have written.

import { createHash } from "node:crypto";

const LONGEST = 60; // letters, so that a name with an ending is still one that every file system takes

/** The text as one part of a path, which leads nowhere else: what is no letter, digit or one of `_+.-` becomes a dash. Plain names stay as they are. */
export function fileName(text: string): string {
  const plain = text.replaceAll(/[^\p{L}\p{N}_+.-]+/gu, "-").replaceAll(/^[.-]+|[.-]+$/g, "");
  return [...plain].slice(0, LONGEST).join("") || "unnamed";
}

/** Names for several texts in one folder: where two texts would have one name, the later gets a digest of itself. */
export function fileNames(): (text: string) => string {
  const taken = new Map<string, string>();
  return (text) => {
    const name = fileName(text);
    const key = name.toLowerCase(); // some file systems take both cases for one
    if (!taken.has(key)) taken.set(key, text);
    return taken.get(key) === text ? name : `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  };
}
