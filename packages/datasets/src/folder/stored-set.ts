// The two files of a set of decoded images: NAME.index says what the set is, with a digest of itself and a checksum per image;
// NAME.pixels holds the images one after the other. The index is JSON under another ending, because tables read every .json
// below a folder of runs.

import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { nameFileInError, replaceFileSync } from "@dit-bench/files";
import type { PictureBytes } from "@dit-bench/images";
import { z } from "zod";
import { DataError } from "../data-error.ts";

// N = images

/** Control characters never reach a terminal or a record: names are escaped before they come here. */
const text = z.string().regex(/^\P{Cc}*$/u);
const description = z.strictObject({
  classes: z.array(text).min(1),
  /** [N] */
  labels: z.array(z.int().min(0)),
  fingerprint: z.string(),
  /** [N] */
  files: z.array(text),
  skipped: z.array(z.strictObject({ file: text, reason: text, harmless: z.literal(true).optional() })),
  /** [N], CRC-32 of each image's bytes. */
  checksums: z.array(z.int().min(0)),
});
export type SetDescription = Readonly<z.infer<typeof description>>;

const digestOf = (content: object): string => createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** Written last: it marks the images as whole. */
export function writeDescription(path: string, known: SetDescription): void {
  replaceFileSync(`${path}.index`, [Buffer.from(`${JSON.stringify({ ...known, digest: digestOf(known) })}\n`)]);
}

/**
 * What is kept at `path`; undefined where nothing is, "damaged" where it is not what was written.
 *
 * @param imageBytes bytes of one image
 */
export function readDescription(path: string, imageBytes: number): SetDescription | "damaged" | undefined {
  if (!existsSync(`${path}.index`) || !existsSync(`${path}.pixels`)) return undefined;
  try {
    const { digest, ...content } = JSON.parse(readFileSync(`${path}.index`, "utf8")) as Record<string, unknown>;
    const known = description.parse(content);
    const whole = statSync(`${path}.pixels`).size === known.labels.length * imageBytes;
    return whole && digest === digestOf(content) && known.checksums.length === known.labels.length ? known : "damaged";
  } catch {
    return "damaged";
  }
}

/** Images in a file. Every image that is read is compared with its checksum; DataError where it differs. */
export function openPictures(
  path: string,
  imageBytes: number,
  checksums: readonly number[],
): PictureBytes & { close(): void } {
  const name = `${path}.pixels`;
  const file = openSync(name, "r");
  const damaged = (what: string) =>
    new DataError("unreadable-images", `"${name}": ${what}; delete it: the next run makes it again from the images`);
  return {
    length: checksums.length * imageBytes,
    subarray(begin, end) {
      const first = Math.floor(begin / imageBytes);
      const last = Math.ceil(end / imageBytes);
      const images = new Uint8Array((last - first) * imageBytes);
      for (let at = 0; at < images.length; ) {
        const n = readSync(file, images, at, images.length - at, first * imageBytes + at);
        if (n === 0) throw damaged("it is cut short");
        at += n;
      }
      for (let i = first; i < last; i++)
        if (crc32(images.subarray((i - first) * imageBytes, (i - first + 1) * imageBytes)) !== checksums[i])
          throw damaged(`image ${i} is damaged`);
      return images.subarray(begin - first * imageBytes, end - first * imageBytes);
    },
    close: () => closeSync(file),
  };
}

/** Appends images to a new file. Afterwards it must be finished (flushed and closed) or, after an error, abandoned (closed). */
export function writePictures(path: string): { add(pixels: Uint8Array): number; finish(): void; abandon(): void } {
  const file = openSync(path, "wx");
  let open = true;
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    /** Returns the checksum. */
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
