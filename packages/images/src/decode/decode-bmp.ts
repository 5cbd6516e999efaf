// Decodes Windows and OS/2 bitmaps as Pillow does. The libraries bmp-ts and bmp-js were tried: they ignore a gap before
// the pixels, and stop at the first row of odd width with 4 bits per pixel.

import { ImageError } from "../image-error.ts";
import type { DecodedImage } from "../rgb-image.ts";
import { checkSize } from "../size-limits.ts";

const RLE4 = 2;
const BITFIELDS = 3;

/**
 * Decodes a bitmap of 1, 4, 8, 16, 24 or 32 bits per pixel; with 4 or 8 bits it may be run-length encoded. Throws
 * ImageError for other bitmaps and truncated pixels, RangeError for a truncated header.
 */
export function decodeBmp(bytes: Uint8Array): DecodedImage {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => file.getUint16(at, true);
  const u32 = (at: number) => file.getUint32(at, true);
  const headerSize = u32(14);
  const isCoreHeader = headerSize === 12;
  const width = isCoreHeader ? u16(18) : file.getInt32(18, true);
  const signedHeight = isCoreHeader ? u16(20) : file.getInt32(22, true);
  const [bits, compression] = isCoreHeader ? [u16(24), 0] : [u16(28), u32(30)];
  const height = Math.abs(signedHeight);
  checkSize({ width, height });
  const colors = bits > 8 ? 0 : (isCoreHeader ? 0 : u32(46)) || 1 << bits;
  if (colors > 65536) throw new ImageError(`damaged BMP: a palette of ${colors} colours`);
  const entryBytes = isCoreHeader ? 3 : 4;
  const maskBytes = compression === BITFIELDS && headerSize === 40 ? 12 : 0;
  const paletteAt = 14 + headerSize + maskBytes;
  const declaredStart = u32(10);
  // Some writers give the offset of the palette as that of the pixels.
  const start =
    declaredStart === 0 || (declaredStart === paletteAt && colors > 0)
      ? paletteAt + entryBytes * colors
      : declaredStart;
  const image = { bytes, start, width, height, bits };

  const row = (y: number) => (signedHeight < 0 ? y : height - 1 - y) * width;
  if (bits <= 8) {
    if (compression > RLE4) throw unsupportedError(bits, compression);
    const indices = compression === 0 ? unpackIndices(image) : decodeRunLengths(image, compression === RLE4);
    const pixels = new Uint8Array(width * height * 3);
    const color = (index: number, c: number) =>
      index < colors ? file.getUint8(paletteAt + entryBytes * index + 2 - c) : 0;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) pixels[3 * (row(y) + x) + c] = color(indices[y * width + x]!, c);
    return { width, height, pixels };
  }
  if (![16, 24, 32].includes(bits) || (compression !== 0 && compression !== BITFIELDS))
    throw unsupportedError(bits, compression);
  const masks =
    compression === BITFIELDS
      ? [54, 58, 62, ...(headerSize >= 56 ? [66] : [])].map(u32)
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff];
  const channels = (masks.every((mask) => mask === 0) ? [0xff0000, 0xff00, 0xff, 0xff000000] : masks).map(channelOf);
  const stride = rowBytes(image);
  const pixels = new Uint8Array(width * height * 3);
  const opacity = channels[3];
  const alpha = opacity && new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = start + y * stride + (x * bits) / 8;
      const value = bits === 16 ? u16(at) : bits === 32 ? u32(at) : u16(at) | (file.getUint8(at + 2) << 16);
      const to = row(y) + x;
      for (let c = 0; c < 3; c++) pixels[3 * to + c] = channels[c]!(value);
      if (alpha) alpha[to] = opacity!(value);
    }
  // Many writers leave the alpha channel of an opaque image at zero. Browsers ignore such a channel, too.
  return { width, height, pixels, ...(alpha?.some((value) => value > 0) ? { alpha } : {}) };
}

const unsupportedError = (bits: number, compression: number): ImageError =>
  new ImageError(
    `BMP image with ${bits} bits per pixel and compression ${compression}, which cannot be read here: ` +
      "convert it to PNG first",
  );

interface StoredPixels {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
}

/**
 * The number of bytes of a row, padded to a multiple of four. Throws ImageError where the file is too short for all
 * rows.
 */
function rowBytes({ bytes, start, width, height, bits }: StoredPixels): number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const needed = start + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (needed > bytes.length) throw truncatedError();
  return stride;
}

const truncatedError = () => new ImageError("damaged BMP: its data ends too early");

/** A function that reads the channel under the mask and scales it to 8 bits. With the mask 0 the channel is 255. */
function channelOf(mask: number): (value: number) => number {
  if (mask === 0) return () => 255;
  const shift = 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  return (value) => Math.floor((255 * ((value & mask) >>> shift)) / largest);
}

function unpackIndices(image: StoredPixels): Uint8Array {
  const { bytes, start, width, height, bits } = image;
  if (bits !== 1 && bits !== 4 && bits !== 8) throw unsupportedError(bits, 0);
  const stride = rowBytes(image);
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = bytes[start + y * stride + Math.floor(x / perByte)]!;
      indices[y * width + x] = (byte >> (8 - bits * ((x % perByte) + 1))) & ((1 << bits) - 1);
    }
  return indices;
}

/**
 * Decodes run lengths: pairs of count and value. A count of 0 is an escape: end of row, end of image, offset, or
 * literal values.
 */
function decodeRunLengths({ bytes, start, width, height }: StoredPixels, nibbles: boolean): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [at, index, x] = [start, 0, 0];
  const byte = () => {
    const value = bytes[at++];
    if (value === undefined) throw truncatedError();
    return value;
  };
  const put = (value: number) => {
    if (index < indices.length) indices[index++] = value;
  };
  while (index < indices.length) {
    const [count, value] = [byte(), byte()];
    if (count > 0) {
      const n = Math.min(count, Math.max(0, width - x));
      for (let i = 0; i < n; i++) put(nibbles ? (i % 2 === 0 ? value >> 4 : value & 15) : value);
      x += n;
    } else if (value === 0) {
      index = Math.ceil(index / width) * width;
      x = 0;
    } else if (value === 1) throw truncatedError();
    else if (value === 2) {
      const [right, up] = [byte(), byte()];
      index = Math.min(indices.length, index + right + up * width);
      x = index % width;
    } else {
      for (let i = 0; i < value; i += nibbles ? 2 : 1) {
        const pair = byte();
        put(nibbles ? pair >> 4 : pair);
        if (nibbles && i + 1 < value) put(pair & 15);
      }
      x += value;
      at += (at - start) % 2; // literal values are padded to an even number of bytes
    }
  }
  return indices;
}
