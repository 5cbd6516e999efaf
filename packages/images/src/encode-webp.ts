// Encodes images as WebP files of a limited size.

import sharp from "sharp";
import type { RgbImage } from "./rgb-image.ts";

/** Qualities of lossy WebP that are tried, from the best one. */
const qualities = [95, 90, 85, 80, 70, 60, 45, 30, 15, 1];

/**
 * The bytes of a WebP file: of the best quality that has at most `largest` bytes. Throws an error if the lowest quality
 * has more.
 *
 * @param width the image is made smaller, to this width; by default it keeps its size
 */
export async function encodeWebp(
  { width, height, pixels }: RgbImage,
  { largest, width: wanted = width }: { largest: number; width?: number },
): Promise<Uint8Array> {
  const source = sharp(pixels, { raw: { width, height, channels: 3 } });
  if (wanted !== width) source.resize({ width: wanted });
  const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
  for (const quality of qualities) {
    const bytes = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .webp({ quality, effort: 6, smartSubsample: true })
      .toBuffer();
    if (bytes.length <= largest) return bytes;
  }
  throw new Error(`an image of ${info.width}×${info.height} pixels does not fit into a WebP file of ${largest} bytes`);
}
