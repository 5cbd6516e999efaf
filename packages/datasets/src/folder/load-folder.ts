import { createHash } from "node:crypto";
import { eachOf, preprocessingId } from "@dit-bench/images";
import { printable } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import { type ImageListing, listImages, type Skipped } from "./image-listing.ts";
import { examples, loadImage, type Picture, refuseSkipped } from "./read-images.ts";

// N = images, S = pixels a side

/** A labelled set of square images. */
export interface ImageSet {
  readonly name: string;
  readonly classes: readonly string[];
  /** S. */
  readonly size: number;
  /** [N, S, S, 3], RGB. */
  readonly pixels: Uint8Array;
  /** [N], indices into `classes`, which may be one. */
  readonly labels: Int32Array;
  /** SHA-256 over the preprocessing's name and size, and each file's path and SHA-256, in order. */
  readonly fingerprint: string;
  /** [N], where each image came from, below the folder (see `diskPath`). */
  readonly files: readonly string[];
  readonly skipped: readonly Skipped[];
}

export interface LoadOptions {
  /** S, the side of the centre crop. */
  readonly size: number;
  /** Whether one file that cannot be used is an error (otherwise it is listed under `skipped`). */
  readonly strict?: boolean;
  /** At most this many usable images of each class, the first in byte order. */
  readonly perClass?: number;
  /** Called after each file; `total` grows where a file that cannot be used is replaced by the next of its class. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Loads a folder of class folders (see `listImages` for the layout, `decodeImage` for what is read, `centerCrop` for what is
 * made of it). Throws DataError where the layout is wrong, nothing can be used, or, with `strict`, anything cannot.
 */
export async function loadFolder(folder: string, options: LoadOptions): Promise<ImageSet> {
  const { size, strict = false, perClass = Number.POSITIVE_INFINITY, onProgress } = options;
  const listing = listImages(folder);
  const skipped = [...listing.skipped];
  if (strict) refuseSkipped(folder, skipped);
  checkMemory(folder, listing, size, perClass);

  const usable: Loaded[][] = listing.classes.map(() => []);
  const next = listing.classes.map(() => 0);
  let done = 0;
  for (;;) {
    // After the first round only classes are left in which a file could not be used and `perClass` is not reached.
    const round = listing.classes.flatMap(({ files }, label) => {
      const from = next[label] as number;
      const to = Math.min(files.length, from + perClass - (usable[label] as Loaded[]).length);
      next[label] = to;
      return files.slice(from, to).map((file) => ({ file, label }));
    });
    if (round.length === 0) break;
    const total = done + round.length;
    await eachOf(
      round,
      ({ file }) => loadImage(folder, file, size),
      ({ file, label }, result) => {
        if ("reason" in result) skipped.push({ file, reason: result.reason });
        else (usable[label] as Loaded[]).push({ file, ...result });
        onProgress?.(++done, total);
      },
    );
    if (strict) refuseSkipped(folder, skipped);
  }
  return assemble(folder, listing, usable, skipped, size);
}

interface Loaded extends Picture {
  readonly file: string;
}

const mostSetBytes = 2_000_000_000; // it is in memory twice while it is put together

/** Do these images fit in memory at this size? */
export const fitsInMemory = (images: number, size: number): boolean => images * size * size * 3 <= mostSetBytes;

function assemble(
  folder: string,
  listing: ImageListing,
  usable: readonly (readonly Loaded[])[],
  skipped: readonly Skipped[],
  size: number,
): ImageSet {
  const kept = listing.classes.flatMap(({ name }, i) =>
    (usable[i] as Loaded[]).length > 0 ? [{ name, images: usable[i] as Loaded[] }] : [],
  );
  checkUsable(
    folder,
    listing,
    kept.map(({ name }) => name),
    skipped,
  );
  const images = kept.flatMap(({ images }) => images);
  const pixels = new Uint8Array(images.length * size * size * 3);
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  for (const [i, image] of images.entries()) {
    pixels.set(image.pixels, i * size * size * 3);
    hash.update(`${image.sha256} ${JSON.stringify(image.file)}\n`);
  }
  return {
    name: listing.name,
    classes: kept.map(({ name }) => name),
    size,
    pixels,
    labels: Int32Array.from(kept.flatMap(({ images }, label) => images.map(() => label))),
    fingerprint: hash.digest("hex"),
    files: images.map(({ file }) => file),
    skipped,
  };
}

/**
 * Refuses a set without images, or one that has lost all of its classes except one: that is damage, not a set of one class.
 *
 * @param classes names of the classes with at least one usable image
 */
export function checkUsable(
  folder: string,
  listing: ImageListing,
  classes: readonly string[],
  skipped: readonly Skipped[],
): void {
  if (classes.length > 1 || (classes.length === 1 && listing.classes.length === 1)) return;
  const what = classes[0] === undefined ? "none of the images" : `only images of the class "${classes[0]}"`;
  throw new DataError("unreadable-images", `${what} in "${printable(folder)}" can be used: ${examples(skipped)}`);
}

function checkMemory(folder: string, { classes }: ImageListing, size: number, perClass: number): void {
  const images = classes.reduce((sum, { files }) => sum + Math.min(perClass, files.length), 0);
  const bytes = images * size * size * 3;
  if (!fitsInMemory(images, size))
    throw new DataError(
      "too-large",
      `${images} images of "${printable(folder)}" at ${size}×${size} take ${(bytes / 1e9).toFixed(1)} GB: ` +
        `at most ${mostSetBytes / 1e9} GB fit; keep them in a file (storeFolder), or take fewer per class`,
    );
}
