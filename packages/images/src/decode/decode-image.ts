// Decodes image files to 8-bit RGB.

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
 * Decodes a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM file to 8-bit RGB. Throws ImageError with the reason
 * for a file that cannot be used.
 * - The format is detected from the content; the file name does not matter.
 * - Files that Pillow refuses as damaged are refused, including truncated ones. JPEG files are read despite warnings.
 * - EXIF orientation is applied.
 * - Transparency, and the pixels outside the first frame of a GIF, become white.
 * - Grayscale is repeated in three channels, 16 bits are reduced to the upper 8, and CMYK is converted as Pillow does.
 * - Embedded colour profiles are ignored, as in DiT's training and in pytorch-fid.
 * - Only the first image of an animation or of several pages is read.
 *
 * @param options.asStored ignore orientation and transparency and clip 16-bit grayscale to 255, as Pillow's
 *   `Image.open(path).convert("RGB")` and so pytorch-fid does
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
    // Reading a DataView beyond its end throws RangeError.
    const reason = error instanceof RangeError ? "its data ends too early" : firstLine(error);
    throw new ImageError(`damaged ${format}: ${reason}`);
  }
}

function opaque({ width, height, pixels, alpha }: DecodedImage, asStored: boolean): RgbImage {
  if (!asStored && alpha !== undefined)
    for (let i = 0; i < alpha.length; i++) {
      const share = alpha[i]!;
      if (share < 255)
        // Computed in integers, as in libvips: floating point changed white from 255 to 254.
        for (let c = 3 * i; c < 3 * i + 3; c++)
          pixels[c] = Math.floor((pixels[c]! * share + 255 * (255 - share)) / 255);
    }
  return { width, height, pixels };
}

/** Pillow reads JPEG and TIFF files despite warnings; in the other formats a warning means damage. */
const failOn = (format: ImageFormat) => (format === "JPEG" || format === "TIFF" ? "error" : "warning");

async function decodeWithSharp(bytes: Uint8Array, format: ImageFormat, asStored: boolean): Promise<RgbImage> {
  const open = () => sharp(bytes, { failOn: failOn(format), limitInputPixels: false, ignoreIcc: true });
  if (format === "TIFF") checkTiff(bytes);
  const metadata = await open().metadata();
  checkSize(metadata);
  // Pillow always applies the orientation of a TIFF.
  const upright = (image: Sharp) => (asStored && format !== "TIFF" ? image : image.autoOrient());
  if (metadata.space === "cmyk") return decodeCmyk(upright(open()));
  const clipped = asStored && metadata.space === "grey16" && !metadata.hasAlpha;
  if (clipped) return decodeClipped(upright(open()));
  const image = upright(open());
  return decodeRgb(asStored ? image.removeAlpha() : image.flatten({ background: "white" }));
}

async function decodeRgb(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new ImageError(`decoded to ${info.channels} channels: expected 3`);
  return { width: info.width, height: info.height, pixels: data };
}

/** Decodes 16-bit grayscale as Pillow 12 and 13 do: every value above 255 becomes white. */
async function decodeClipped(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const values = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height * info.channels);
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0; i < info.width * info.height; i++)
    pixels.fill(Math.min(255, values[i * info.channels]!), 3 * i, 3 * i + 3);
  return { width: info.width, height: info.height, pixels };
}

/** Decodes CMYK without a colour profile: red = (255 - c)(255 - k)/255 and so on, rounded as Pillow does. */
async function decodeCmyk(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
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
