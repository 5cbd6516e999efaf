// Names of files and folders made from text that anybody may have written: labels, class names, names of folders.

import { createHash } from "node:crypto";

const maxBytes = 150; // a file system takes 255; the rest is for numbers, endings and the form of temporary names

/**
 * The text as one part of a path. Letters and digits of any script and `_+.-` stay; anything else becomes a dash, so that the name
 * leads nowhere else and needs no quoting in a shell. Text without any letter or digit gives "unnamed".
 */
export function fileName(text: string): string {
  const plain = text
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}_+.-]+/gu, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "");
  let name = "";
  for (const letter of plain) {
    if (Buffer.byteLength(name + letter) > maxBytes) break;
    name += letter;
  }
  return name || "unnamed";
}

/** Names for several texts in one folder: where two texts would have one name, the later gets a digest of itself. */
export function fileNames(): (text: string) => string {
  const taken = new Map<string, string>();
  return (text) => {
    const name = fileName(text);
    const key = name.toLowerCase(); // some file systems do not distinguish the cases
    if (!taken.has(key)) taken.set(key, text);
    return taken.get(key) === text ? name : `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  };
}
