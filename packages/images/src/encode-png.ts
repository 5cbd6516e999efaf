// Encodes images as PNG files.

import sharp from "sharp";
import type { RgbImage } from "./rgb-image.ts";

/** The bytes of a PNG file. */
export async function encodePng({ width, height, pixels }: RgbImage): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
