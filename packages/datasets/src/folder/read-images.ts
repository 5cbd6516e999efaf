// The images of a folder, one after the other: decoded, cropped, hashed.

import { createHash } from "node:crypto";
import { diskPath } from "@dit-bench/files";
import { centerCrop, decodeImage, fromImageFile } from "@dit-bench/images";
import { printable } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import type { Skipped } from "./image-listing.ts";

/** A square image, and the hash of the file it came from. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly sha256: string;
}

/** The centre crop of an image file, or why there is none. */
export const loadImage = (folder: string, file: string, size: number): Promise<Picture | { reason: string }> =>
  fromImageFile(diskPath(folder, file), async (content) => {
    const { pixels } = centerCrop(await decodeImage(content), size);
    return { pixels, sha256: createHash("sha256").update(content).digest("hex") };
  });

/** Throws DataError where a file was left out that may be an image. */
export function refuseSkipped(folder: string, skipped: readonly Skipped[]): void {
  const lost = skipped.filter(({ harmless }) => !harmless);
  if (lost.length > 0)
    throw new DataError(
      "unreadable-images",
      `${lost.length} of the files in "${printable(folder)}" cannot be used: ${examples(lost)}; ` +
        "repair or remove them, or leave --strict away to pass over them",
    );
}

export function examples(skipped: readonly Skipped[]): string {
  const named = skipped.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`);
  return `${named.join(", ")}${skipped.length > named.length ? `, and ${skipped.length - named.length} more` : ""}`;
}
