import sharp, { type Metadata, type Sharp } from "sharp";
import type { RgbImage } from "./rgb-image.ts";

/** A picture that cannot be used; the message is the reason alone, for the caller to put the file's name before. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** Shorter sides below this are refused: such a picture holds nothing but the resizer's invention. */
export const smallestSide = 8;

/** More pixels than this are refused: 100 million take 300 MB decoded. */
export const mostPixels = 100_000_000;

/**
 * Decodes a JPEG, PNG, WebP or GIF to 8-bit RGB; throws ImageError with the reason where it cannot be used.
 * - Any damage that the decoder notices is an error, a cut-off end included.
 * - The format is read from the content, whatever the file is called.
 * - EXIF orientation is applied.
 * - Transparency is put on white.
 * - Grayscale is repeated in three channels, 16 bits are cut to the upper 8, and CMYK is converted as Pillow does.
 * - Embedded colour profiles are ignored, as in DiT's training and in pytorch-fid.
 * - Of an animation the first picture counts.
 *
 * With `asStored` orientation and transparency are passed over and the colours taken as they are stored, as
 * `Image.open(path).convert("RGB")` does in Pillow and so in pytorch-fid; grayscale of 16 bits is then clipped to 255, as there.
 */
export async function decodeImage(bytes: Uint8Array, { asStored = false } = {}): Promise<RgbImage> {
  const format = formatOf(bytes);
  try {
    const metadata = await opened(bytes).metadata();
    checkSize(metadata);
    if (metadata.space === "cmyk") return await decodeCmyk(bytes, asStored);
    const clipped = asStored && metadata.space === "grey16" && !metadata.hasAlpha;
    return clipped ? await decodeClipped(bytes) : await decodeRgb(bytes, asStored);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`damaged ${format}: ${firstLine(error)}`);
  }
}

function opened(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: "warning", limitInputPixels: false, ignoreIcc: true });
}

function formatOf(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new ImageError("empty file");
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\xff\xd8\xff")) return "JPEG";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "PNG";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "WebP";
  if (start.startsWith("GIF8")) return "GIF";
  throw new ImageError("its content is none of JPEG, PNG, WebP or GIF");
}

function checkSize({ width, height }: Metadata): void {
  const size = `${width}×${height} pixels`;
  if (Math.min(width, height) < smallestSide)
    throw new ImageError(`${size}: the shorter side must have at least ${smallestSide}`);
  if (width * height > mostPixels) throw new ImageError(`${size}: at most ${mostPixels / 1e6} million are allowed`);
}

async function decodeRgb(bytes: Uint8Array, asStored: boolean): Promise<RgbImage> {
  const picture = opened(bytes);
  const opaque = asStored ? picture.removeAlpha() : picture.autoOrient().flatten({ background: "white" });
  const { data, info } = await opaque
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new ImageError(`decoded to ${info.channels} channels: 3 were wanted`);
  return { width: info.width, height: info.height, pixels: data };
}

/** Grayscale of 16 bits as Pillow converts it (12 and 13): every value above 255 is white, so that little but black is left. */
async function decodeClipped(bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await opened(bytes)
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
async function decodeCmyk(bytes: Uint8Array, asStored: boolean): Promise<RgbImage> {
  const picture = opened(bytes);
  const { data, info } = await (asStored ? picture : picture.autoOrient())
    .pipelineColourspace("cmyk")
    .toColourspace("cmyk")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4)
    throw new ImageError(`decoded to ${info.channels} channels: 4 were wanted of a CMYK picture`);
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let i = 0, o = 0; o < pixels.length; i += 4) {
    const light = 255 - (data[i + 3] as number);
    for (let c = 0; c < 3; c++) pixels[o++] = light - Math.round(((data[i + c] as number) * light) / 255);
  }
  return { width: info.width, height: info.height, pixels };
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.replace(/^Input (buffer|file) /, "").replace(/\bVips\w+: |\bvips\w+: /g, "");
}
