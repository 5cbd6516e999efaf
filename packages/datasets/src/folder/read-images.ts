// Reads one image of a folder (decoded, cropped, hashed), and reports skipped files.

import { createHash } from "node:crypto";
import { diskPath } from "@dit-bench/files";
import { centerCrop, decodeImage, readImageFile } from "@dit-bench/images";
import { printable } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import type { Skipped } from "./image-listing.ts";

/** A square image. */
export interface LoadedImage {
  /** [S, S, 3], RGB. */
  readonly pixels: Uint8Array;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
}

/** The centre crop of an image file, S = `size`, or the reason why the file cannot be used. */
export const loadImage = (folder: string, file: string, size: number): Promise<LoadedImage | { reason: string }> =>
  readImageFile(diskPath(folder, file), async (content) => {
    const { pixels } = centerCrop(await decodeImage(content), size);
    return { pixels, sha256: createHash("sha256").update(content).digest("hex") };
  });

/** Throws DataError if a skipped file may be an image. */
export function refuseSkipped(folder: string, skipped: readonly Skipped[]): void {
  const possibleImages = skipped.filter(({ harmless }) => !harmless);
  if (possibleImages.length > 0)
    throw new DataError(
      "unreadable-images",
      `${possibleImages.length} of the files in "${printable(folder)}" cannot be used: ` +
        `${skippedExamples(possibleImages)}; repair or remove them, or omit --strict to skip them`,
    );
}

/** The first five files with their reasons. */
export function skippedExamples(skipped: readonly Skipped[]): string {
  const first = skipped.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`);
  return `${first.join(", ")}${skipped.length > first.length ? `, and ${skipped.length - first.length} more` : ""}`;
}
