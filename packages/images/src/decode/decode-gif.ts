// Decodes the first frame of a GIF (GIF89a specification, 1990) as Pillow does. sharp discards the palette colour of
// transparent pixels. The library omggif was tried: it writes to stdout, wraps frames that extend beyond the screen,
// and accepts truncated data.

import { ImageError } from "../image-error.ts";
import type { DecodedImage } from "../rgb-image.ts";
import { checkSize } from "../size-limits.ts";

/**
 * Decodes the GIF's screen (its whole area) with the first frame on it. Transparent pixels have the colour of their
 * palette entry; pixels outside the frame have the transparent colour or, without one, the first of the palette.
 * `alpha` is 0 for both. Throws ImageError for damaged files, RangeError for truncated headers.
 */
export function decodeGif(bytes: Uint8Array): DecodedImage {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => file.getUint16(at, true);
  const packed = file.getUint8(10);
  let at = 13;
  const globalPalette = packed & 0x80 ? takePalette(packed) : undefined;
  let transparentIndex: number | undefined;
  for (;;) {
    const kind = file.getUint8(at++);
    if (kind === 0x2c) break; // image descriptor
    // 0x3b: trailer
    if (kind === 0x3b) throw new ImageError("damaged GIF: it has no image");
    if (kind !== 0x21) continue; // 0x21 starts an extension; other bytes are stray
    // 0xf9: graphic control extension
    if (file.getUint8(at) === 0xf9 && file.getUint8(at + 1) >= 4)
      transparentIndex = file.getUint8(at + 2) & 1 ? file.getUint8(at + 5) : transparentIndex;
    at = skipBlocks(at + 1);
  }
  const [left, top, frameWidth, frameHeight] = [u16(at), u16(at + 2), u16(at + 4), u16(at + 6)];
  const flags = file.getUint8(at + 8);
  at += 9;
  if (frameWidth === 0 || frameHeight === 0) throw new ImageError("damaged GIF: its first frame has no pixels");
  // A frame that extends beyond the screen enlarges it.
  const width = Math.max(u16(6), left + frameWidth);
  const height = Math.max(u16(8), top + frameHeight);
  checkSize({ width, height });
  const palette = flags & 0x80 ? takePalette(flags) : globalPalette;

  const indices = decompress(bytes, at, frameWidth * frameHeight);
  const pixels = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  // An index beyond the palette is black; without a palette an index is a gray level.
  const color = (index: number, channel: number) => (palette ? (palette[3 * index + channel] ?? 0) : index);
  const fillColor = [0, 1, 2].map((c) => color(transparentIndex ?? 0, c));
  for (let i = 0; i < pixels.length; i++) pixels[i] = fillColor[i % 3]!;
  const rows = flags & 0x40 ? interlacedRows(frameHeight) : undefined;
  for (let y = 0, i = 0; y < frameHeight; y++) {
    const row = (top + (rows ? rows[y]! : y)) * width + left;
    for (let x = 0; x < frameWidth; x++, i++) {
      const index = indices[i]!;
      for (let c = 0; c < 3; c++) pixels[3 * (row + x) + c] = color(index, c);
      alpha[row + x] = index === transparentIndex ? 0 : 255;
    }
  }
  return { width, height, pixels, alpha };

  function takePalette(flags: number): Uint8Array {
    const length = 3 * (2 << (flags & 7));
    at += length;
    if (at > bytes.length) throw truncatedError();
    return bytes.subarray(at - length, at);
  }

  /** The position after the data blocks that start at `from`. */
  function skipBlocks(from: number): number {
    let p = from;
    for (let size = file.getUint8(p++); size > 0; size = file.getUint8(p++)) p += size;
    return p;
  }
}

const truncatedError = () => new ImageError("damaged GIF: its data ends too early");

/** The image row of each stored row of an interlaced frame: 0, 8, 16 …, then 4, 12 …, then 2, 6 …, then 1, 3 …. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const)
    for (let y = first; y < height; y += step) rows.push(y);
  return rows;
}

const maxCodes = 4096;

/** Decompresses `length` indices: LZW with codes of growing length, in blocks of at most 255 bytes. */
function decompress(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const minCodeSize = bytes[start];
  if (minCodeSize === undefined || minCodeSize > 11) throw new ImageError("damaged GIF: the code length is not valid");
  const clearCode = 1 << minCodeSize;
  const prefix = new Uint16Array(maxCodes);
  const suffix = new Uint8Array(maxCodes);
  const lengths = new Uint16Array(maxCodes).fill(1, 0, clearCode);
  for (let i = 0; i < clearCode; i++) suffix[i] = i;
  const out = new Uint8Array(length);
  let [position, nextCode, codeSize, previousCode] = [0, clearCode + 2, minCodeSize + 1, -1];
  let [buffer, bits, at, bytesLeftInBlock] = [0, 0, start + 1, 0];
  while (position < length) {
    while (bits < codeSize) {
      if (bytesLeftInBlock === 0) {
        bytesLeftInBlock = bytes[at++] ?? 0;
        if (bytesLeftInBlock === 0) throw truncatedError();
      }
      const byte = bytes[at++];
      if (byte === undefined) throw truncatedError();
      buffer |= byte << bits;
      bits += 8;
      bytesLeftInBlock--;
    }
    const code = buffer & ((1 << codeSize) - 1);
    buffer >>>= codeSize;
    bits -= codeSize;
    if (code === clearCode) {
      [nextCode, codeSize, previousCode] = [clearCode + 2, minCodeSize + 1, -1];
      continue;
    }
    if (code === clearCode + 1) throw truncatedError();
    if (code > nextCode || (code === nextCode && previousCode < 0) || (previousCode < 0 && code > clearCode))
      throw new ImageError("damaged GIF: an undefined code");
    // The code that this step defines is the previous string followed by its own first letter.
    const knownCode = code < nextCode ? code : previousCode;
    const count = lengths[knownCode]!;
    let chainCode = knownCode;
    for (let i = position + count - 1; i > position; i--) {
      if (i < length) out[i] = suffix[chainCode]!;
      chainCode = prefix[chainCode]!;
    }
    const first = suffix[chainCode]!;
    out[position] = first;
    position += count;
    if (code === nextCode && position < length) out[position] = first;
    if (code === nextCode) position++;
    if (previousCode >= 0 && nextCode < maxCodes) {
      prefix[nextCode] = previousCode;
      suffix[nextCode] = first;
      lengths[nextCode] = lengths[previousCode]! + 1;
      nextCode++;
      if (nextCode === 1 << codeSize && codeSize < 12) codeSize++;
    }
    previousCode = code;
  }
  return out;
}
