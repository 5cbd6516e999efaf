// Decodes Netpbm bitmaps, graymaps and pixmaps (PBM, PGM, PPM), plain and raw, as Pillow does.

import { ImageError } from "../image-error.ts";
import type { DecodedImage } from "../rgb-image.ts";
import { roundHalfToEven } from "../round-half-to-even.ts";
import { checkSize } from "../size-limits.ts";

/**
 * Decodes a bitmap, graymap or pixmap. Throws ImageError for damaged files.
 *
 * @param asStored clip graymaps of more than 8 bits to 255, as Pillow's `convert("RGB")` does, instead of scaling them
 */
export function decodePnm(bytes: Uint8Array, asStored: boolean): DecodedImage {
  const kind = bytes[1]! - 48; // P1 to P6
  const isBitmap = kind === 1 || kind === 4;
  const isColor = kind === 3 || kind === 6;
  const reader = tokenReader(bytes, 2);
  const width = reader.readNumber("a width");
  const height = reader.readNumber("a height");
  checkSize({ width, height });
  const maxValue = isBitmap ? 1 : reader.readNumber("a largest value");
  if (maxValue < 1 || maxValue > 65535)
    throw new ImageError(`damaged PNM: its largest value is ${maxValue}, expected 1 to 65535`);
  const valueCount = width * height * (isColor ? 3 : 1);
  if (bytes.length - reader.at() < valueCount / 8) throw truncatedError(); // before memory is allocated
  if (kind > 3 && bytes[reader.at() - 1] === 35)
    throw new ImageError("damaged PNM: a comment where its pixels are expected");
  const nextValue =
    kind <= 3
      ? plainReader(reader, isBitmap, maxValue)
      : rawReader(bytes, reader.at(), { isBitmap, maxValue, width, valueCount });
  const pixels = new Uint8Array(width * height * 3);
  const to8 = createScaler(maxValue, isColor, asStored);
  for (let i = 0; i < valueCount; i++) {
    const value = isBitmap ? 255 * (1 - nextValue(i)) : to8(nextValue(i));
    if (isColor) pixels[i] = value;
    else pixels.fill(value, 3 * i, 3 * i + 3);
  }
  return { width, height, pixels };
}

/** A function that scales values of 0 to `maxValue` to 8 bits. */
function createScaler(maxValue: number, isColor: boolean, asStored: boolean): (value: number) => number {
  if (isColor || maxValue <= 255) return (v) => Math.min(255, roundHalfToEven((v / maxValue) * 255));
  const to16 = (v: number) => Math.min(65535, roundHalfToEven((v / maxValue) * 65535));
  return asStored ? (v) => Math.min(255, to16(v)) : (v) => to16(v) >> 8;
}

const truncatedError = () => new ImageError("damaged PNM: its data ends too early");

/** A reader of tokens that are separated by white space and comments. */
function tokenReader(bytes: Uint8Array, from: number) {
  let at = from;
  const isSpace = (byte: number | undefined) => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
  const skipSpace = () => {
    for (; isSpace(bytes[at]) || bytes[at] === 35; at++)
      if (bytes[at] === 35) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
  };
  return {
    readNumber(what: string): number {
      skipSpace();
      let value = 0;
      const start = at;
      for (; bytes[at]! >= 48 && bytes[at]! <= 57 && at - start < 10; at++) value = 10 * value + bytes[at]! - 48;
      if (at === bytes.length && at === start) throw truncatedError();
      if (at === start || !(at === bytes.length || isSpace(bytes[at]) || bytes[at] === 35))
        throw new ImageError(`damaged PNM: it has no number where ${what} is expected`);
      return value;
    },
    readBit(): number {
      skipSpace();
      const byte = bytes[at++];
      if (byte === undefined) throw truncatedError();
      if (byte !== 48 && byte !== 49) throw new ImageError("damaged PNM: a bit that is neither 0 nor 1");
      return byte - 48;
    },
    /** The offset of the raw values: after the one white space character that ends the last number. */
    at: () => at + 1,
  };
}

const plainReader = (reader: ReturnType<typeof tokenReader>, isBitmap: boolean, maxValue: number) => (): number => {
  const value = isBitmap ? reader.readBit() : reader.readNumber("a value");
  if (value > maxValue) throw new ImageError(`damaged PNM: the value ${value} exceeds its largest value, ${maxValue}`);
  return value;
};

function rawReader(
  bytes: Uint8Array,
  start: number,
  { isBitmap, maxValue, width, valueCount }: { isBitmap: boolean; maxValue: number; width: number; valueCount: number },
): (i: number) => number {
  const stride = Math.ceil(width / 8); // rows of bits are padded to a whole byte
  const size = isBitmap ? stride * (valueCount / width) : valueCount * (maxValue > 255 ? 2 : 1);
  if (start + size > bytes.length) throw truncatedError();
  if (isBitmap)
    return (i) => (bytes[start + Math.floor(i / width) * stride + ((i % width) >> 3)]! >> (7 - ((i % width) & 7))) & 1;
  if (maxValue <= 255) return (i) => bytes[start + i]!;
  return (i) => bytes[start + 2 * i]! * 256 + bytes[start + 2 * i + 1]!;
}
