// Strips: small images of a run's samples, of the base model's samples and of real images, in files next to its record.
// The report page shows them; a run writes them, and `bench table` copies them together with the record.

import type { RunRecord } from "@dit-bench/record";

/** The strips of a run, by the end of their file names. */
export const stripKinds = ["samples", "base", "real"] as const;
export type StripKind = (typeof stripKinds)[number];

/** WebP files of a run; a file that does not exist is undefined. */
export type Strips = Readonly<Partial<Record<StripKind, Uint8Array>>>;

/** The largest size of a strip in bytes: the three strips of a run have at most 15 kB in all. */
export const largestStrip = 5000;

const mostTiles = 12;
const mostOfClass = 6; // a run keeps so many samples of each class for its sheet

/** Path of a strip: `record.samples.webp` next to `record.json`. */
export function stripPath(recordPath: string, kind: StripKind): string {
  return `${recordPath.replace(/\.json$/, "")}.${kind}.webp`;
}

/**
 * Whether a strip may be copied into results or shown on a page. Real images may be photographs of people, or have a
 * licence that forbids it, unless they are the procedural images of this program.
 */
export function isPublishable({ data }: RunRecord, kind: StripKind, withRealImages: boolean): boolean {
  return kind !== "real" || withRealImages || data.source === "miniature";
}

/** Class of each tile of a strip: as many images of each class as fit, at least one of each of the first classes. */
export function stripClasses(classes: number): number[] {
  const shown = Math.min(classes, mostTiles);
  const each = Math.min(mostOfClass, Math.floor(mostTiles / shown));
  return Array.from({ length: shown * each }, (_, tile) => Math.floor(tile / each));
}
