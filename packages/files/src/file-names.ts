// Makes file and folder names from arbitrary text: labels, class names, names of folders.

import { createHash } from "node:crypto";

const maxBytes = 150; // file systems allow 255; the rest is for numbers, extensions and temporary names

/**
 * Converts text to one segment of a path. Letters and digits of any script and `_+.-` are kept; anything else becomes a
 * dash, so that the name cannot lead to another folder and needs no quoting in a shell. Text without letters and digits
 * gives "unnamed".
 */
export function fileName(text: string): string {
  const allowedText = text
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}_+.-]+/gu, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "");
  let name = "";
  for (const letter of allowedText) {
    if (Buffer.byteLength(name + letter) > maxBytes) break;
    name += letter;
  }
  return name || "unnamed";
}

/** Returns a function that gives each text a unique name. If two texts have the same name, the second gets a digest. */
export function fileNames(): (text: string) => string {
  const textByName = new Map<string, string>();
  return (text) => {
    const name = fileName(text);
    const key = name.toLowerCase(); // some file systems do not distinguish the cases
    if (!textByName.has(key)) textByName.set(key, text);
    return textByName.get(key) === text
      ? name
      : `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  };
}
