// Reads the strips of images next to records.

import { readFile } from "node:fs/promises";
import type { RunRecord } from "@dit-bench/record";
import { isPublishable, largestStrip, type StripKind, type Strips, stripKinds, stripPath } from "@dit-bench/report";

/** The bytes of a strip; undefined if there is none, or if the file is not a WebP file of a strip's size. */
export async function readStrip(recordPath: string, kind: StripKind): Promise<Uint8Array | undefined> {
  const bytes = await readFile(stripPath(recordPath, kind)).catch(() => undefined);
  const isWebp = bytes?.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP";
  return bytes !== undefined && isWebp && bytes.length <= largestStrip ? bytes : undefined;
}

/** The strips of each record that a page may show. */
export async function readStrips(
  records: readonly RunRecord[],
  pathOf: (record: RunRecord) => string,
  withRealImages: boolean,
): Promise<Map<RunRecord, Strips>> {
  const strips = new Map<RunRecord, Strips>();
  for (const record of records) {
    const found: [StripKind, Uint8Array][] = [];
    for (const kind of stripKinds) {
      if (!isPublishable(record, kind, withRealImages)) continue;
      const strip = await readStrip(pathOf(record), kind);
      if (strip !== undefined) found.push([kind, strip]);
    }
    strips.set(record, Object.fromEntries(found));
  }
  return strips;
}
