// Encodes images as WebP files of a limited size.

import sharp from "sharp";
import type { RgbImage } from "./rgb-image.ts";

/** Qualities of lossy WebP that are tried, from the best one. */
const qualities = [95, 90, 85, 80, 70, 60, 45, 30, 15, 1];

/**
 * The bytes of a WebP file: of the best quality that has at most `largest` bytes, at the first width where there is
 * one. Throws an error if there is none.
 *
 * @param widths the image is made smaller, to one of these widths; by default it keeps its size
 */
export async function encodeWebp(
  { width, height, pixels }: RgbImage,
  { largest, widths = [width] }: { largest: number; widths?: readonly number[] },
): Promise<Uint8Array> {
  for (const wanted of widths) {
    const source = sharp(pixels, { raw: { width, height, channels: 3 } });
    if (wanted !== width) source.resize({ width: wanted });
    const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
    for (const quality of qualities) {
      const bytes = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
        .webp({ quality, effort: 6, smartSubsample: true })
        .toBuffer();
      if (bytes.length <= largest) return bytes;
    }
  }
  throw new Error(
    `an image of ${width}×${height} pixels, ${widths.join(" or ")} wide, does not fit into a WebP file of ` +
      `${largest} bytes`,
  );
}
