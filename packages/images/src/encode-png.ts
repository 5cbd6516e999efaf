import sharp from "sharp";
import type { RgbImage } from "./rgb-image.ts";

/** A picture as the bytes of a PNG file, without loss. */
export async function encodePng({ width, height, pixels }: RgbImage): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
