// Reads small text files of a zip archive without unpacking it.

import { defaultLimits } from "./limits.ts";
import { readZip } from "./zip.ts";

const maxTextBytes = 1 << 20;

/**
 * The text of the entries of a zip archive that `select` chooses, by name. Entries above 1 MB are left out. Throws
 * ArchiveError for a damaged archive.
 */
export async function readTexts(path: string, select: (name: string) => boolean): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  await readZip(path, defaultLimits, async ({ name, kind, size, data }) => {
    if (kind !== "file" || size > maxTextBytes || !select(name)) return;
    const parts: Uint8Array[] = [];
    for await (const part of data()) parts.push(part);
    texts.set(name, Buffer.concat(parts).toString("utf8"));
  });
  return texts;
}
