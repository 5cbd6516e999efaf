// Reads and writes the two files that store a set of decoded images. NAME.index describes the set, with its own digest
// and a checksum per image; NAME.pixels holds the images in order. The index is JSON, but without the extension .json,
// because `bench table` reads every .json file below a folder of runs. N = images.

import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { nameFileInError, replaceFileSync } from "@dit-bench/files";
import type { ImageBytes } from "@dit-bench/images";
import { parseJson } from "@dit-bench/text";
import { z } from "zod";
import { DataError } from "../data-error.ts";

/** Text without control characters, which must not reach a terminal or a record; names are escaped by `nameText`. */
const textSchema = z.string().regex(/^\P{Cc}*$/u);
const descriptionSchema = z.strictObject({
  classes: z.array(textSchema).min(1),
  /** [N] */
  labels: z.array(z.int().min(0)),
  fingerprint: z.string(),
  /** [N] */
  files: z.array(textSchema),
  skipped: z.array(z.strictObject({ file: textSchema, reason: textSchema, harmless: z.literal(true).optional() })),
  /** [N], the SHA-256 of each file. Sets stored by versions before 2026-11-29 do not have it. */
  hashes: z.array(z.string()).optional(),
  /** [N], the CRC-32 of each image's bytes. */
  checksums: z.array(z.int().min(0)),
});
export type SetDescription = Readonly<z.infer<typeof descriptionSchema>>;

export interface ImageWriter {
  /** Appends an image and returns its checksum. */
  add(pixels: Uint8Array): number;
  /** Flushes and closes the file. */
  finish(): void;
  /** Closes the file after an error. */
  abandon(): void;
}

const digestOf = (content: object): string => createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** Writes the index. Call it last: its presence means that the images are complete. */
export function writeDescription(path: string, description: SetDescription): void {
  replaceFileSync(`${path}.index`, [
    Buffer.from(`${JSON.stringify({ ...description, digest: digestOf(description) })}\n`),
  ]);
}

/**
 * Reads the index of the set at `path`: undefined if there is none, "damaged" if the files were changed or truncated.
 *
 * @param imageBytes size of one image in bytes
 */
export function readDescription(path: string, imageBytes: number): SetDescription | "damaged" | undefined {
  if (!existsSync(`${path}.index`) || !existsSync(`${path}.pixels`)) return undefined;
  try {
    const { digest, ...content } = parseJson(readFileSync(`${path}.index`, "utf8")) as Record<string, unknown>;
    const description = descriptionSchema.parse(content);
    const complete = statSync(`${path}.pixels`).size === description.labels.length * imageBytes;
    return complete && digest === digestOf(content) && description.checksums.length === description.labels.length
      ? description
      : "damaged";
  } catch {
    return "damaged";
  }
}

/** Opens the images of a set. Reading throws DataError if an image does not match its checksum. */
export function openImages(
  path: string,
  imageBytes: number,
  checksums: readonly number[],
): ImageBytes & { close(): void } {
  const name = `${path}.pixels`;
  const file = openSync(name, "r");
  const damageError = (what: string) =>
    new DataError("unreadable-images", `"${name}": ${what}; delete it: the next run decodes the images again`);
  return {
    length: checksums.length * imageBytes,
    subarray(begin, end) {
      const first = Math.floor(begin / imageBytes);
      const last = Math.ceil(end / imageBytes);
      const images = new Uint8Array((last - first) * imageBytes);
      for (let at = 0; at < images.length; ) {
        const n = readSync(file, images, at, images.length - at, first * imageBytes + at);
        if (n === 0) throw damageError("the file is truncated");
        at += n;
      }
      for (let i = first; i < last; i++)
        if (crc32(images.subarray((i - first) * imageBytes, (i - first + 1) * imageBytes)) !== checksums[i])
          throw damageError(`image ${i} is damaged`);
      return images.subarray(begin - first * imageBytes, end - first * imageBytes);
    },
    close: () => closeSync(file),
  };
}

/** Creates the file of images. Call `finish` after the last image, or `abandon` after an error. */
export function createImages(path: string): ImageWriter {
  const file = openSync(path, "wx");
  let isOpen = true;
  const close = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    add(pixels) {
      try {
        for (let done = 0; done < pixels.length; ) done += writeSync(file, pixels, done);
      } catch (error) {
        throw nameFileInError(error, path);
      }
      return crc32(pixels);
    },
    finish() {
      fsyncSync(file);
      close();
    },
    abandon: close,
  };
}
