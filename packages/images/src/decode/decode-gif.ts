// The first picture of a GIF (GIF89a specification, 1990). sharp gives no palette colours for transparent pixels; of the
// libraries, omggif writes to stdout, wraps frames that reach beyond the screen, and passes over data that ends too early.

import { ImageError } from "../image-error.ts";
import type { DecodedImage } from "../rgb-image.ts";
import { checkSize } from "../size-limits.ts";

/**
 * The screen with its first frame, as Pillow shows it: transparent pixels have their palette's colour. What the frame leaves
 * uncovered has the transparent colour, or the palette's first. `alpha` is 0 for both.
 */
export function decodeGif(bytes: Uint8Array): DecodedImage {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => file.getUint16(at, true);
  const packed = file.getUint8(10);
  let at = 13;
  const global = packed & 0x80 ? takePalette(packed) : undefined;
  let transparent: number | undefined;
  for (;;) {
    const kind = file.getUint8(at++);
    if (kind === 0x2c) break;
    if (kind === 0x3b) throw new ImageError("damaged GIF: it has no picture");
    if (kind !== 0x21) continue; // rubbish between blocks
    if (file.getUint8(at) === 0xf9 && file.getUint8(at + 1) >= 4)
      transparent = file.getUint8(at + 2) & 1 ? file.getUint8(at + 5) : transparent;
    at = afterBlocks(at + 1);
  }
  const [left, top, frameWidth, frameHeight] = [u16(at), u16(at + 2), u16(at + 4), u16(at + 6)];
  const flags = file.getUint8(at + 8);
  at += 9;
  if (frameWidth === 0 || frameHeight === 0) throw new ImageError("damaged GIF: its first frame has no pixels");
  // A frame may reach beyond the screen, which then grows.
  const width = Math.max(u16(6), left + frameWidth);
  const height = Math.max(u16(8), top + frameHeight);
  checkSize({ width, height });
  const palette = flags & 0x80 ? takePalette(flags) : global;

  const indices = unpack(bytes, at, frameWidth * frameHeight);
  const pixels = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  // Beyond the palette is black; without any palette an index is a shade of gray.
  const color = (index: number, channel: number) => (palette ? (palette[3 * index + channel] ?? 0) : index);
  const fill = [0, 1, 2].map((c) => color(transparent ?? 0, c));
  for (let i = 0; i < pixels.length; i++) pixels[i] = fill[i % 3]!;
  const rows = flags & 0x40 ? interlacedRows(frameHeight) : undefined;
  for (let y = 0, i = 0; y < frameHeight; y++) {
    const row = (top + (rows ? rows[y]! : y)) * width + left;
    for (let x = 0; x < frameWidth; x++, i++) {
      const index = indices[i]!;
      for (let c = 0; c < 3; c++) pixels[3 * (row + x) + c] = color(index, c);
      alpha[row + x] = index === transparent ? 0 : 255;
    }
  }
  return { width, height, pixels, alpha };

  function takePalette(flags: number): Uint8Array {
    const length = 3 * (2 << (flags & 7));
    at += length;
    if (at > bytes.length) throw ended();
    return bytes.subarray(at - length, at);
  }

  function afterBlocks(from: number): number {
    let p = from;
    for (let size = file.getUint8(p++); size > 0; size = file.getUint8(p++)) p += size;
    return p;
  }
}

const ended = () => new ImageError("damaged GIF: its data ends too early");

/** Which row each stored row is: every eighth from 0, every eighth from 4, every fourth from 2, every second from 1. */
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

/** LZW with codes of growing length, in blocks of at most 255 bytes: `length` indices. */
function unpack(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const smallest = bytes[start];
  if (smallest === undefined || smallest > 11) throw new ImageError("damaged GIF: its codes have no valid length");
  const clear = 1 << smallest;
  const prefix = new Uint16Array(maxCodes);
  const last = new Uint8Array(maxCodes);
  const lengths = new Uint16Array(maxCodes).fill(1, 0, clear);
  for (let i = 0; i < clear; i++) last[i] = i;
  const out = new Uint8Array(length);
  let [done, next, size, previous] = [0, clear + 2, smallest + 1, -1];
  let [buffer, bits, at, inBlock] = [0, 0, start + 1, 0];
  while (done < length) {
    while (bits < size) {
      if (inBlock === 0) {
        inBlock = bytes[at++] ?? 0;
        if (inBlock === 0) throw ended();
      }
      const byte = bytes[at++];
      if (byte === undefined) throw ended();
      buffer |= byte << bits;
      bits += 8;
      inBlock--;
    }
    const code = buffer & ((1 << size) - 1);
    buffer >>>= size;
    bits -= size;
    if (code === clear) {
      [next, size, previous] = [clear + 2, smallest + 1, -1];
      continue;
    }
    if (code === clear + 1) throw ended();
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > clear))
      throw new ImageError("damaged GIF: a code that stands for nothing");
    // The code that is only just being defined is the previous string with its own first letter.
    const known = code < next ? code : previous;
    const count = lengths[known]!;
    let letter = known;
    for (let i = done + count - 1; i > done; i--) {
      if (i < length) out[i] = last[letter]!;
      letter = prefix[letter]!;
    }
    const first = last[letter]!;
    out[done] = first;
    done += count;
    if (code === next && done < length) out[done] = first;
    if (code === next) done++;
    if (previous >= 0 && next < maxCodes) {
      prefix[next] = previous;
      last[next] = first;
      lengths[next] = lengths[previous]! + 1;
      next++;
      if (next === 1 << size && size < 12) size++;
    }
    previous = code;
  }
  return out;
}
