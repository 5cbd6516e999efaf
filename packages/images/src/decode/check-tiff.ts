// Reads the tags of the first image of a TIFF file (TIFF 6.0, 1992), and refuses files that the decoder would misread.

import { ImageError } from "../image-error.ts";
import { checkSize } from "../size-limits.ts";

const WIDTH = 256;
const HEIGHT = 257;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const YCBCR = 6;
const jpegCompressions = [6, 7];

/**
 * Throws ImageError for a size beyond the limits, and for YCbCr without JPEG compression: libtiff converts YCbCr only
 * inside JPEG, so the decoder would return its values as RGB. BigTIFF files are not checked.
 */
export function checkTiff(bytes: Uint8Array): void {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittleEndian = bytes[0] === 0x49;
  if (file.getUint16(2, isLittleEndian) !== 42) return;
  const directory = file.getUint32(4, isLittleEndian);
  const values = new Map<number, number>();
  for (let i = 0; i < file.getUint16(directory, isLittleEndian); i++) {
    const entry = directory + 2 + 12 * i;
    const isShort = file.getUint16(entry + 2, isLittleEndian) === 3;
    const value = isShort ? file.getUint16(entry + 8, isLittleEndian) : file.getUint32(entry + 8, isLittleEndian);
    values.set(file.getUint16(entry, isLittleEndian), value);
  }
  // Checked here because the decoder writes to stderr for a size that it cannot allocate.
  checkSize({ width: values.get(WIDTH) ?? 0, height: values.get(HEIGHT) ?? 0 });
  if (values.get(PHOTOMETRIC) === YCBCR && !jpegCompressions.includes(values.get(COMPRESSION) ?? 1))
    throw new ImageError(
      "TIFF image in YCbCr without JPEG compression, which cannot be read here: convert it to PNG first",
    );
}
