// Loads a folder with too many images for memory: they are decoded and cropped once into a file and read from there.

import { createHash } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FetchError } from "@dit-bench/fetch";
import {
  diskPath,
  fileName,
  makeFolders,
  removeLeftovers,
  temporaryName,
  unreadableReason,
  waitForLock,
} from "@dit-bench/files";
import { type ImageBytes, preprocessingId, processInOrder } from "@dit-bench/images";
import { type ImageListing, listImages } from "./image-listing.ts";
import { checkUsable, fingerprintOf, type ImageSet, type LoadOptions } from "./load-folder.ts";
import { loadImage, refuseSkipped } from "./read-images.ts";
import { createImages, openImages, readDescription, type SetDescription, writeDescription } from "./stored-set.ts";

export interface StoredSet extends Omit<ImageSet, "pixels"> {
  /** [N, S, S, 3], RGB. Reading throws DataError for a damaged file. */
  readonly pixels: ImageBytes;
  close(): void;
}

export interface StoreOptions extends Omit<LoadOptions, "perClass"> {
  /** Called with a note for the user: the images are decoded again, or the call waits for another process. */
  readonly onNote?: (text: string) => void;
  /** Polled while waiting for another process; true ends the wait with a FetchError. */
  readonly stopping?: (() => boolean) | undefined;
}

/**
 * Loads the set that `loadFolder` returns, with the same fingerprint, but stores its images in a file in the folder
 * `place`. A later call reuses the file while the names, sizes and modification times of the images are the same; a
 * damaged file is made again. When several processes load a folder, one decodes and the others wait. Throws DataError
 * as `loadFolder` does, and FetchError when stopped while waiting.
 */
export async function storeFolder(folder: string, place: string, options: StoreOptions): Promise<StoredSet> {
  const { size, strict = false } = options;
  const listing = listImages(folder);
  if (strict) refuseSkipped(folder, listing.skipped);
  const path = join(place, `${fileName(listing.name)}-${size}-${keyOf(folder, listing, size)}`);
  const imageBytes = size * size * 3;
  const description = await withHashes(folder, path, await readOrDecode(folder, listing, path, options), options);
  if (strict) refuseSkipped(folder, description.skipped);
  const { labels, checksums, ...rest } = description;
  const { close, ...pixels } = openImages(path, imageBytes, checksums);
  return { name: listing.name, size, ...rest, labels: Int32Array.from(labels), pixels, close };
}

/** The description with the SHA-256 of each file, which sets stored by earlier versions lack. */
async function withHashes(
  folder: string,
  path: string,
  description: SetDescription,
  { onNote, onProgress }: StoreOptions,
): Promise<SetDescription & { readonly hashes: readonly string[] }> {
  const { hashes, files } = description;
  if (hashes !== undefined) return { ...description, hashes };
  onNote?.(`reading ${files.length} files once for their SHA-256, which "${path}.index" does not have yet`);
  const added: string[] = [];
  for (const [i, file] of files.entries()) {
    added.push(
      createHash("sha256")
        .update(await readFile(diskPath(folder, file)))
        .digest("hex"),
    );
    onProgress?.(i + 1, files.length);
  }
  const completed = { ...description, hashes: added };
  writeDescription(path, completed);
  return completed;
}

/** Identifies a set by the names, sizes and modification times of its files. */
function keyOf(folder: string, { classes }: ImageListing, size: number): string {
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  for (const { files } of classes)
    for (const file of files) hash.update(`${stateOf(folder, file)} ${JSON.stringify(file)}\n`);
  return hash.digest("hex").slice(0, 16);
}

function stateOf(folder: string, file: string): string {
  try {
    const { size, mtimeMs } = statSync(diskPath(folder, file));
    return `${size} ${mtimeMs}`;
  } catch (error) {
    return unreadableReason(error); // the file is skipped when the images are decoded
  }
}

async function readOrDecode(
  folder: string,
  listing: ImageListing,
  path: string,
  options: StoreOptions,
): Promise<SetDescription> {
  const imageBytes = options.size ** 2 * 3;
  const stored = readDescription(path, imageBytes);
  if (typeof stored === "object") return stored;
  const place = dirname(path);
  makeFolders(place);
  const lock = await waitForLock(join(place, `.${basename(path)}.lock`), {
    onWait: (holder) => options.onNote?.(`waiting for process ${holder}, which decodes the same images`),
    stopping: options.stopping,
  });
  if (lock === undefined)
    throw new FetchError(
      "interrupted",
      "stopped while waiting for another process to decode the images; run the same command again",
    );
  try {
    const latest = readDescription(path, imageBytes); // another process may have stored the set meanwhile
    if (typeof latest === "object") return latest;
    if (latest === "damaged") options.onNote?.(`"${path}.index" or its images are damaged: decoding the images again`);
    removeLeftovers(place);
    return await decodeFolder(folder, listing, path, options);
  } finally {
    await lock.release();
  }
}

async function decodeFolder(
  folder: string,
  listing: ImageListing,
  path: string,
  { size, strict = false, onProgress }: StoreOptions,
): Promise<SetDescription> {
  const { classes, skipped: skippedInListing } = listing;
  const items = classes.flatMap(({ files }, label) => files.map((file) => ({ file, label })));
  const skipped = [...skippedInListing];
  const usableImages: { file: string; label: number; checksum: number; sha256: string }[] = [];
  const temporaryPath = temporaryName(`${path}.pixels`);
  const images = createImages(temporaryPath);
  try {
    await processInOrder(
      items,
      ({ file }) => loadImage(folder, file, size),
      (item, result) => {
        if ("reason" in result) skipped.push({ file: item.file, reason: result.reason });
        else usableImages.push({ ...item, checksum: images.add(result.pixels), sha256: result.sha256 });
        if (strict) refuseSkipped(folder, skipped);
        onProgress?.(usableImages.length + skipped.length - skippedInListing.length, items.length);
      },
    );
    const usedLabels = [...new Set(usableImages.map(({ label }) => label))];
    checkUsable(
      folder,
      listing,
      usedLabels.map((label) => classes[label]!.name),
      skipped,
    );
    images.finish();
    const files = usableImages.map(({ file }) => file);
    const hashes = usableImages.map(({ sha256 }) => sha256);
    const newLabels = new Map(usedLabels.map((label, i) => [label, i]));
    const description: SetDescription = {
      classes: usedLabels.map((label) => classes[label]!.name),
      labels: usableImages.map(({ label }) => newLabels.get(label)!),
      fingerprint: fingerprintOf(size, files, hashes),
      files,
      hashes,
      skipped,
      checksums: usableImages.map(({ checksum }) => checksum),
    };
    renameSync(temporaryPath, `${path}.pixels`);
    writeDescription(path, description);
    return description;
  } catch (error) {
    images.abandon();
    rmSync(temporaryPath, { force: true });
    throw error;
  }
}
