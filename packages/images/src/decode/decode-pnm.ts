// Decodes Netpbm bitmaps, graymaps and pixmaps (PBM, PGM, PPM), plain and raw, as Pillow does.

import { ImageError } from "../image-error.ts";
import type { DecodedImage } from "../rgb-image.ts";
import { roundHalfToEven } from "../round-half-to-even.ts";
import { checkSize } from "../size-limits.ts";

/**
 * Throws ImageError for damage.
 *
 * @param asStored clip graymaps of more than 8 bits to 255, as Pillow's `convert("RGB")` does, instead of scaling them
 */
export function decodePnm(bytes: Uint8Array, asStored: boolean): DecodedImage {
  const kind = bytes[1]! - 48; // P1 to P6
  const bitmap = kind === 1 || kind === 4;
  const color = kind === 3 || kind === 6;
  const reader = tokens(bytes, 2);
  const width = reader.number("a width");
  const height = reader.number("a height");
  checkSize({ width, height });
  const largest = bitmap ? 1 : reader.number("a largest value");
  if (largest < 1 || largest > 65535)
    throw new ImageError(`damaged PNM: its largest value is ${largest}, expected 1 to 65535`);
  const values = width * height * (color ? 3 : 1);
  if (bytes.length - reader.at() < values / 8) throw truncated(); // before memory is allocated
  if (kind > 3 && bytes[reader.at() - 1] === 35)
    throw new ImageError("damaged PNM: a comment where its pixels are expected");
  const next =
    kind <= 3
      ? plainValues(reader, bitmap, largest)
      : rawValues(bytes, reader.at(), { bitmap, largest, width, values });
  const pixels = new Uint8Array(width * height * 3);
  const to8 = scale(largest, color, asStored);
  for (let i = 0; i < values; i++) {
    const value = bitmap ? 255 * (1 - next(i)) : to8(next(i));
    if (color) pixels[i] = value;
    else pixels.fill(value, 3 * i, 3 * i + 3);
  }
  return { width, height, pixels };
}

/** Scales values of 0 to `largest` to 8 bits. */
function scale(largest: number, color: boolean, asStored: boolean): (value: number) => number {
  if (color || largest <= 255) return (v) => Math.min(255, roundHalfToEven((v / largest) * 255));
  const to16 = (v: number) => Math.min(65535, roundHalfToEven((v / largest) * 65535));
  return asStored ? (v) => Math.min(255, to16(v)) : (v) => to16(v) >> 8;
}

const truncated = () => new ImageError("damaged PNM: its data ends too early");

/** Reads tokens separated by white space and comments. */
function tokens(bytes: Uint8Array, from: number) {
  let at = from;
  const isSpace = (byte: number | undefined) => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
  const skip = () => {
    for (; isSpace(bytes[at]) || bytes[at] === 35; at++)
      if (bytes[at] === 35) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
  };
  return {
    number(what: string): number {
      skip();
      let value = 0;
      const start = at;
      for (; bytes[at]! >= 48 && bytes[at]! <= 57 && at - start < 10; at++) value = 10 * value + bytes[at]! - 48;
      if (at === bytes.length && at === start) throw truncated();
      if (at === start || !(at === bytes.length || isSpace(bytes[at]) || bytes[at] === 35))
        throw new ImageError(`damaged PNM: it has no number where ${what} is expected`);
      return value;
    },
    bit(): number {
      skip();
      const byte = bytes[at++];
      if (byte === undefined) throw truncated();
      if (byte !== 48 && byte !== 49) throw new ImageError("damaged PNM: a bit that is neither 0 nor 1");
      return byte - 48;
    },
    /** The offset of the raw values: after the one white space character that ends the last number. */
    at: () => at + 1,
  };
}

const plainValues = (reader: ReturnType<typeof tokens>, bitmap: boolean, largest: number) => (): number => {
  const value = bitmap ? reader.bit() : reader.number("a value");
  if (value > largest) throw new ImageError(`damaged PNM: the value ${value} exceeds its largest value, ${largest}`);
  return value;
};

function rawValues(
  bytes: Uint8Array,
  start: number,
  { bitmap, largest, width, values }: { bitmap: boolean; largest: number; width: number; values: number },
): (i: number) => number {
  const stride = Math.ceil(width / 8); // rows of bits are padded to a whole byte
  const size = bitmap ? stride * (values / width) : values * (largest > 255 ? 2 : 1);
  if (start + size > bytes.length) throw truncated();
  if (bitmap)
    return (i) => (bytes[start + Math.floor(i / width) * stride + ((i % width) >> 3)]! >> (7 - ((i % width) & 7))) & 1;
  if (largest <= 255) return (i) => bytes[start + i]!;
  return (i) => bytes[start + 2 * i]! * 256 + bytes[start + 2 * i + 1]!;
}
