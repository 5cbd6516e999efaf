// A folder of images too many for memory: decoded and cropped once into a file, from which pictures are then read.

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { preprocessingId } from "./center-crop.ts";
import { DataError } from "./data-error.ts";
import { diskPath } from "./disk-name.ts";
import { type ImageListing, listImages } from "./image-listing.ts";
import type { ImageSet, LoadOptions } from "./load-folder.ts";
import { eachOf, examples, loadImage, refuseSkipped } from "./read-images.ts";

/** Bytes of pictures one after the other, in memory (a Uint8Array is one) or in a file. */
export interface PictureBytes {
  readonly length: number;
  subarray(begin: number, end: number): Uint8Array;
}

export interface StoredSet extends Omit<ImageSet, "pixels"> {
  /** [N, S, S, 3], RGB. */
  readonly pixels: PictureBytes;
  close(): void;
}

const about = z.strictObject({
  classes: z.array(z.string()).min(2),
  labels: z.array(z.int().min(0)),
  fingerprint: z.string(),
  files: z.array(z.string()),
  skipped: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
});
type About = z.infer<typeof about>;

/**
 * The set that `loadFolder` would give, with the same fingerprint, its pictures in a file in `place`. A second call finds the file and decodes nothing, as long
 * as the folder's files have the names, sizes and times they had.
 */
export async function storeFolder(
  folder: string,
  place: string,
  { size, strict = false, onProgress }: Omit<LoadOptions, "perClass">,
): Promise<StoredSet> {
  const listing = listImages(folder);
  if (strict) refuseSkipped(folder, listing.skipped);
  const path = join(place, `${listing.name.replaceAll(/[^\w-]+/g, "-")}-${size}-${keyOf(folder, listing, size)}`);
  const bytes = size * size * 3;
  let known = readAbout(path, bytes);
  if (!known) {
    mkdirSync(place, { recursive: true });
    known = await store(folder, listing, path, size, strict, onProgress);
  }
  if (strict) refuseSkipped(folder, known.skipped);
  const { labels, ...rest } = known;
  const file = openSync(`${path}.pixels`, "r");
  return {
    name: listing.name,
    size,
    ...rest,
    labels: Int32Array.from(labels),
    pixels: {
      length: labels.length * bytes,
      subarray(begin, end) {
        const part = new Uint8Array(end - begin);
        for (let at = 0; at < part.length; ) {
          const n = readSync(file, part, at, part.length - at, begin + at);
          if (n === 0)
            throw new DataError("unreadable-images", `"${path}.pixels" is cut short; delete it, it is made again`);
          at += n;
        }
        return part;
      },
    },
    close: () => closeSync(file),
  };
}

/** Of the files' names, sizes and times. */
function keyOf(folder: string, { classes }: ImageListing, size: number): string {
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  for (const { files } of classes)
    for (const file of files) {
      const { size: bytes, mtimeMs } = statSync(diskPath(folder, file));
      hash.update(`${bytes} ${mtimeMs} ${JSON.stringify(file)}\n`);
    }
  return hash.digest("hex").slice(0, 16);
}

/** What is kept at `path`, if it is whole. */
function readAbout(path: string, bytes: number): About | undefined {
  if (!existsSync(`${path}.json`) || !existsSync(`${path}.pixels`)) return undefined;
  try {
    const known = about.parse(JSON.parse(readFileSync(`${path}.json`, "utf8")));
    return statSync(`${path}.pixels`).size === known.labels.length * bytes ? known : undefined;
  } catch {
    return undefined; // damaged: it is made again
  }
}

async function store(
  folder: string,
  { classes, skipped: unlisted }: ImageListing,
  path: string,
  size: number,
  strict: boolean,
  onProgress: LoadOptions["onProgress"],
): Promise<About> {
  const items = classes.flatMap(({ files }, label) => files.map((file) => ({ file, label })));
  const skipped = [...unlisted];
  const kept: { file: string; label: number }[] = [];
  const hash = createHash("sha256").update(`${preprocessingId} ${size}\n`);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const pixels = openSync(temporary, "wx");
  try {
    await eachOf(
      items,
      ({ file }) => loadImage(folder, file, size),
      (item, result) => {
        if ("reason" in result) skipped.push({ file: item.file, reason: result.reason });
        else {
          writeSync(pixels, result.pixels);
          hash.update(`${result.sha256} ${JSON.stringify(item.file)}\n`);
          kept.push(item);
        }
        if (strict) refuseSkipped(folder, skipped);
        onProgress?.(kept.length + skipped.length, items.length + unlisted.length);
      },
    );
    closeSync(pixels);
    const used = [...new Set(kept.map(({ label }) => label))];
    if (used.length < 2)
      throw new DataError(
        "unreadable-images",
        `${used.length === 0 ? "none of the images" : "only images of one class"} in "${folder}" can be used: ${examples(skipped)}`,
      );
    const number = new Map(used.map((label, i) => [label, i]));
    const known: About = {
      classes: used.map((label) => classes[label]!.name),
      labels: kept.map(({ label }) => number.get(label)!),
      fingerprint: hash.digest("hex"),
      files: kept.map(({ file }) => file),
      skipped,
    };
    renameSync(temporary, `${path}.pixels`);
    writeFileSync(`${temporary}.json`, JSON.stringify(known));
    renameSync(`${temporary}.json`, `${path}.json`); // last: it marks the other as whole
    return known;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
