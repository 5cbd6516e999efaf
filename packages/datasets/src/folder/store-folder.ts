// A folder of images too many for memory: decoded and cropped once into a file, from which images are then read.

import { createHash } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
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
import { eachOf, type PictureBytes, preprocessingId } from "@dit-bench/images";
import { type ImageListing, listImages } from "./image-listing.ts";
import { checkUsable, type ImageSet, type LoadOptions } from "./load-folder.ts";
import { loadImage, refuseSkipped } from "./read-images.ts";
import { openPictures, readDescription, type SetDescription, writeDescription, writePictures } from "./stored-set.ts";

export interface StoredSet extends Omit<ImageSet, "pixels"> {
  /** [N, S, S, 3], RGB. Reading throws DataError where the file is damaged. */
  readonly pixels: PictureBytes;
  close(): void;
}

export interface StoreOptions extends Omit<LoadOptions, "perClass"> {
  /** Told of what a person should know, such as that the images are decoded again, or that another process is waited for. */
  readonly onNote?: (text: string) => void;
  /** Asked while another process is waited for; true ends the wait with a FetchError. */
  readonly stopping?: (() => boolean) | undefined;
}

/**
 * The set that `loadFolder` would give, with the same fingerprint, its images in a file in `place`. A second call finds the
 * file and decodes nothing, as long as the folder's files have the names, sizes and times they had. Where it is damaged, it is
 * made again. Of several processes one decodes, and the others wait for it.
 */
export async function storeFolder(folder: string, place: string, options: StoreOptions): Promise<StoredSet> {
  const { size, strict = false } = options;
  const listing = listImages(folder);
  if (strict) refuseSkipped(folder, listing.skipped);
  const path = join(place, `${fileName(listing.name)}-${size}-${keyOf(folder, listing, size)}`);
  const imageBytes = size * size * 3;
  const known = await keptOrMade(folder, listing, path, options);
  if (strict) refuseSkipped(folder, known.skipped);
  const { labels, checksums, ...rest } = known;
  const { close, ...pixels } = openPictures(path, imageBytes, checksums);
  return { name: listing.name, size, ...rest, labels: Int32Array.from(labels), pixels, close };
}

/** Of the files' names, sizes and times. */
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
    return unreadableReason(error); // it is left out when it is read
  }
}

async function keptOrMade(
  folder: string,
  listing: ImageListing,
  path: string,
  options: StoreOptions,
): Promise<SetDescription> {
  const imageBytes = options.size ** 2 * 3;
  const kept = readDescription(path, imageBytes);
  if (typeof kept === "object") return kept;
  const place = dirname(path);
  makeFolders(place);
  const lock = await waitForLock(join(place, `.${basename(path)}.lock`), {
    onWait: (holder) => options.onNote?.(`process ${holder} decodes the same images: waiting for it`),
    stopping: options.stopping,
  });
  if (lock === undefined)
    throw new FetchError("interrupted", "stopped while another process decodes the images; the same command continues");
  try {
    const now = readDescription(path, imageBytes); // perhaps another process has made it meanwhile
    if (typeof now === "object") return now;
    if (now === "damaged") options.onNote?.(`"${path}.index" or its images are damaged: they are made again`);
    removeLeftovers(place);
    return await make(folder, listing, path, options);
  } finally {
    await lock.release();
  }
}

async function make(
  folder: string,
  listing: ImageListing,
  path: string,
  { size, strict = false, onProgress }: StoreOptions,
): Promise<SetDescription> {
  const { classes, skipped: unlisted } = listing;
  const items = classes.flatMap(({ files }, label) => files.map((file) => ({ file, label })));
  const skipped = [...unlisted];
  const kept: { file: string; label: number; checksum: number }[] = [];
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  const temporary = temporaryName(`${path}.pixels`);
  const pictures = writePictures(temporary);
  try {
    await eachOf(
      items,
      ({ file }) => loadImage(folder, file, size),
      (item, result) => {
        if ("reason" in result) skipped.push({ file: item.file, reason: result.reason });
        else {
          kept.push({ ...item, checksum: pictures.add(result.pixels) });
          hash.update(`${result.sha256} ${JSON.stringify(item.file)}\n`);
        }
        if (strict) refuseSkipped(folder, skipped);
        onProgress?.(kept.length + skipped.length - unlisted.length, items.length);
      },
    );
    const used = [...new Set(kept.map(({ label }) => label))];
    checkUsable(
      folder,
      listing,
      used.map((label) => classes[label]!.name),
      skipped,
    );
    pictures.finish();
    const number = new Map(used.map((label, i) => [label, i]));
    const known: SetDescription = {
      classes: used.map((label) => classes[label]!.name),
      labels: kept.map(({ label }) => number.get(label)!),
      fingerprint: hash.digest("hex"),
      files: kept.map(({ file }) => file),
      skipped,
      checksums: kept.map(({ checksum }) => checksum),
    };
    renameSync(temporary, `${path}.pixels`);
    writeDescription(path, known);
    return known;
  } catch (error) {
    pictures.abandon();
    rmSync(temporary, { force: true });
    throw error;
  }
}
