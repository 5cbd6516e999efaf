// Image files to 8-bit RGB.

import { printable } from "@dit-bench/text";
import sharp, { type Sharp } from "sharp";
import { ImageError } from "../image-error.ts";
import type { DecodedImage, RgbImage } from "../rgb-image.ts";
import { checkSize } from "../size-limits.ts";
import { checkTiff } from "./check-tiff.ts";
import { decodeBmp } from "./decode-bmp.ts";
import { decodeGif } from "./decode-gif.ts";
import { decodePnm } from "./decode-pnm.ts";
import { formatOf, type ImageFormat } from "./image-format.ts";

/**
 * Decodes a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM to 8-bit RGB; throws ImageError with the reason where it
 * cannot be used.
 * - The format is read from the content, whatever the file is called.
 * - What Pillow refuses as damaged is refused, a cut-off end included. What libjpeg only warns of is read.
 * - EXIF orientation is applied.
 * - Transparency is put on white, and so is what the first frame of a GIF leaves uncovered.
 * - Grayscale is repeated in three channels, 16 bits are cut to the upper 8, and CMYK is converted as Pillow does.
 * - Embedded colour profiles are ignored, as in DiT's training and in pytorch-fid.
 * - Of several pictures in a file (animations, pages) the first counts.
 *
 * With `asStored` orientation and transparency are passed over and the colours taken as they are stored, as
 * `Image.open(path).convert("RGB")` does in Pillow and so in pytorch-fid; grayscale of 16 bits is then clipped to 255, as there.
 */
export async function decodeImage(bytes: Uint8Array, { asStored = false } = {}): Promise<RgbImage> {
  const format = formatOf(bytes);
  try {
    if (format === "GIF") return opaque(decodeGif(bytes), asStored);
    if (format === "BMP") return opaque(decodeBmp(bytes), asStored);
    if (format === "PNM") return opaque(decodePnm(bytes, asStored), asStored);
    return await decodeWithSharp(bytes, format, asStored);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    // A DataView throws RangeError beyond its end.
    const reason = error instanceof RangeError ? "its data ends too early" : firstLine(error);
    throw new ImageError(`damaged ${format}: ${reason}`);
  }
}

function opaque({ width, height, pixels, alpha }: DecodedImage, asStored: boolean): RgbImage {
  if (!asStored && alpha !== undefined)
    for (let i = 0; i < alpha.length; i++) {
      const share = alpha[i]!;
      if (share < 255)
        // in whole numbers, as libvips does: with fractions white came out as 254
        for (let c = 3 * i; c < 3 * i + 3; c++)
          pixels[c] = Math.floor((pixels[c]! * share + 255 * (255 - share)) / 255);
    }
  return { width, height, pixels };
}

/** What libjpeg warns of, Pillow reads; for the other formats a warning is damage. */
const failOn = (format: ImageFormat) => (format === "JPEG" || format === "TIFF" ? "error" : "warning");

async function decodeWithSharp(bytes: Uint8Array, format: ImageFormat, asStored: boolean): Promise<RgbImage> {
  const open = () => sharp(bytes, { failOn: failOn(format), limitInputPixels: false, ignoreIcc: true });
  if (format === "TIFF") checkTiff(bytes);
  const metadata = await open().metadata();
  checkSize(metadata);
  // Pillow, too, applies the orientation of a TIFF as it reads it.
  const upright = (picture: Sharp) => (asStored && format !== "TIFF" ? picture : picture.autoOrient());
  if (metadata.space === "cmyk") return decodeCmyk(upright(open()));
  const clipped = asStored && metadata.space === "grey16" && !metadata.hasAlpha;
  if (clipped) return decodeClipped(upright(open()));
  const picture = upright(open());
  return decodeRgb(asStored ? picture.removeAlpha() : picture.flatten({ background: "white" }));
}

async function decodeRgb(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new ImageError(`decoded to ${info.channels} channels: expected 3`);
  return { width: info.width, height: info.height, pixels: data };
}

/** Grayscale of 16 bits as Pillow converts it (12 and 13): every value above 255 is white, so that little but black is left. */
async function decodeClipped(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const values = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height * info.channels);
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < info.width * info.height; i++)
    pixels.fill(Math.min(255, values[i * info.channels]!), 3 * i, 3 * i + 3);
  return { width: info.width, height: info.height, pixels };
}

/** What a printer would be sent, inks c, m, y, k: red = (255 - c)(255 - k)/255, and so on, rounded as Pillow rounds it. */
async function decodeCmyk(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture
    .pipelineColourspace("cmyk")
    .toColourspace("cmyk")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new ImageError(`decoded to ${info.channels} channels: expected 4 of a CMYK image`);
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0, o = 0; o < pixels.length; i += 4) {
    const light = 255 - (data[i + 3] as number);
    for (let c = 0; c < 3; c++) pixels[o++] = light - Math.round(((data[i + c] as number) * light) / 255);
  }
  return { width: info.width, height: info.height, pixels };
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return printable(line)
    .replace(/^Input (buffer|file) /, "")
    .replace(/\bVips\w+: |\bvips\w+: /g, "");
}
