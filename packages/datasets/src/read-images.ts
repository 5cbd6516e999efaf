// The images of a folder, one after the other: decoded, cropped, hashed.

import { createHash } from "node:crypto";
import { centerCrop } from "./center-crop.ts";
import { DataError } from "./data-error.ts";
import { decodeImage } from "./decode-image.ts";
import { diskPath } from "./disk-name.ts";
import { decodersAtOnce, fromImageFile } from "./image-file.ts";
import type { Skipped } from "./image-listing.ts";

/** A square picture, and the hash of the file it came from. */
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

/** Works on several items at once and takes the results in the items' order. */
export async function eachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  take: (item: T, result: R) => void,
): Promise<void> {
  const waiting: Promise<R>[] = [];
  let started = 0;
  for (const item of items) {
    while (started < items.length && waiting.length < decodersAtOnce) {
      const result = work(items[started++] as T);
      result.catch(() => undefined); // it is awaited below, perhaps after another one has failed
      waiting.push(result);
    }
    take(item, await (waiting.shift() as Promise<R>));
  }
}

export function refuseSkipped(folder: string, skipped: readonly Skipped[]): void {
  if (skipped.length > 0)
    throw new DataError(
      "unreadable-images",
      `${skipped.length} of the files in "${folder}" cannot be used: ${examples(skipped)}; repair or remove them, or load without strict to leave them out`,
    );
}

export function examples(skipped: readonly Skipped[]): string {
  const shown = skipped.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`);
  return `${shown.join(", ")}${skipped.length > shown.length ? `, and ${skipped.length - shown.length} more` : ""}`;
}
