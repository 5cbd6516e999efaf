// Kinds of TIFF that the decoder would read wrongly, by the tags of the first image (TIFF 6.0, 1992).

import { ImageError } from "./image-error.ts";

const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const YCBCR = 6;
const jpegCompressions = [6, 7];

/**
 * libtiff converts YCbCr only where it is compressed as JPEG; otherwise the decoder gives its numbers as if they were RGB.
 * Throws ImageError. BigTIFF is passed: nobody writes YCbCr to it without JPEG.
 */
export function checkTiff(bytes: Uint8Array): void {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  if (file.getUint16(2, little) !== 42) return;
  const directory = file.getUint32(4, little);
  const values = new Map<number, number>();
  for (let i = 0; i < file.getUint16(directory, little); i++) {
    const entry = directory + 2 + 12 * i;
    values.set(file.getUint16(entry, little), file.getUint16(entry + 8, little));
  }
  if (values.get(PHOTOMETRIC) === YCBCR && !jpegCompressions.includes(values.get(COMPRESSION) ?? 1))
    throw new ImageError(
      "TIFF image in YCbCr without JPEG compression, which cannot be read here: convert it to PNG first",
    );
}
