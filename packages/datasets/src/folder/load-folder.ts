// Loads a folder of class folders into memory as a labelled set of square images. N = images, S = side in pixels.

import { createHash } from "node:crypto";
import { preprocessingId, processInOrder } from "@dit-bench/images";
import { printable } from "@dit-bench/text";
import { DataError } from "../data-error.ts";
import { type ImageListing, listImages, type Skipped } from "./image-listing.ts";
import { type LoadedImage, loadImage, refuseSkipped, skippedExamples } from "./read-images.ts";

/** A labelled set of square images. */
export interface ImageSet {
  readonly name: string;
  readonly classes: readonly string[];
  /** Side S of an image in pixels. */
  readonly size: number;
  /** [N, S, S, 3], RGB. */
  readonly pixels: Uint8Array;
  /** [N], indices into `classes`. */
  readonly labels: Int32Array;
  /** SHA-256 over the preprocessing's id and size, and the SHA-256 and path of each file, in order. */
  readonly fingerprint: string;
  /** [N], paths below the folder (see `diskPath`). */
  readonly files: readonly string[];
  /** [N], the SHA-256 of each file. */
  readonly hashes: readonly string[];
  readonly skipped: readonly Skipped[];
}

export interface LoadOptions {
  /** S, the side of the centre crop. */
  readonly size: number;
  /** Throw for a file that cannot be used, instead of listing it in `skipped`. */
  readonly strict?: boolean;
  /** Load at most this many usable images per class, the first ones in byte order. */
  readonly perClass?: number;
  /** Called after each file. `total` grows when an unusable file is replaced by the next one of its class. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Loads a folder in the layout that `listImages` describes, each image by `decodeImage` and `centerCrop`. Throws
 * DataError if the layout is wrong, no image can be used, the set does not fit in memory, or, with `strict`, a file
 * cannot be used.
 */
export async function loadFolder(folder: string, options: LoadOptions): Promise<ImageSet> {
  const { size, strict = false, perClass = Number.POSITIVE_INFINITY, onProgress } = options;
  const listing = listImages(folder);
  const skipped = [...listing.skipped];
  if (strict) refuseSkipped(folder, skipped);
  checkMemory(folder, listing, size, perClass);

  const usableImages: LoadedFile[][] = listing.classes.map(() => []);
  const nextFile = listing.classes.map(() => 0);
  let done = 0;
  for (;;) {
    // Later rounds replace files that could not be used, in classes with fewer than `perClass` images.
    const round = listing.classes.flatMap(({ files }, label) => {
      const from = nextFile[label] as number;
      const to = Math.min(files.length, from + perClass - (usableImages[label] as LoadedFile[]).length);
      nextFile[label] = to;
      return files.slice(from, to).map((file) => ({ file, label }));
    });
    if (round.length === 0) break;
    const total = done + round.length;
    await processInOrder(
      round,
      ({ file }) => loadImage(folder, file, size),
      ({ file, label }, result) => {
        if ("reason" in result) skipped.push({ file, reason: result.reason });
        else (usableImages[label] as LoadedFile[]).push({ file, ...result });
        onProgress?.(++done, total);
      },
    );
    if (strict) refuseSkipped(folder, skipped);
  }
  return assemble(folder, listing, usableImages, skipped, size);
}

interface LoadedFile extends LoadedImage {
  readonly file: string;
}

/** The fingerprint of a set of these files, whose SHA-256 are `hashes`, cropped to `size` pixels. */
export function fingerprintOf(size: number, files: readonly string[], hashes: readonly string[]): string {
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  for (const [i, file] of files.entries()) hash.update(`${hashes[i]} ${JSON.stringify(file)}\n`);
  return hash.digest("hex");
}

const mostSetBytes = 2_000_000_000; // the set is in memory twice while it is assembled

/** Whether this number of images with sides of `size` pixels fits in memory. */
export const fitsInMemory = (images: number, size: number): boolean => images * size * size * 3 <= mostSetBytes;

function assemble(
  folder: string,
  listing: ImageListing,
  usableImages: readonly (readonly LoadedFile[])[],
  skipped: readonly Skipped[],
  size: number,
): ImageSet {
  const usedClasses = listing.classes.flatMap(({ name }, i) =>
    (usableImages[i] as LoadedFile[]).length > 0 ? [{ name, images: usableImages[i] as LoadedFile[] }] : [],
  );
  checkUsable(
    folder,
    listing,
    usedClasses.map(({ name }) => name),
    skipped,
  );
  const images = usedClasses.flatMap(({ images }) => images);
  const pixels = new Uint8Array(images.length * size * size * 3);
  for (const [i, image] of images.entries()) pixels.set(image.pixels, i * size * size * 3);
  const files = images.map(({ file }) => file);
  const hashes = images.map(({ sha256 }) => sha256);
  return {
    name: listing.name,
    classes: usedClasses.map(({ name }) => name),
    size,
    pixels,
    labels: Int32Array.from(usedClasses.flatMap(({ images }, label) => images.map(() => label))),
    fingerprint: fingerprintOf(size, files, hashes),
    files,
    hashes,
    skipped,
  };
}

/**
 * Throws DataError if no image is usable, or images of a single class out of several: the files are probably damaged.
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
  throw new DataError(
    "unreadable-images",
    `${what} in "${printable(folder)}" can be used: ${skippedExamples(skipped)}`,
  );
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
