// Checks that a PNG file exists and is undamaged. Every chunk of a PNG carries a CRC-32 of itself:
// https://www.w3.org/TR/png-3/#5Chunk-layout

import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Bytes of a chunk's length, type and CRC. */
const FRAME = 12;

/** False also if the file cannot be read. */
export function isWholePng(path: string): boolean {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return false;
  }
  if (!bytes.subarray(0, signature.length).equals(signature)) return false;
  for (let at = signature.length; at + FRAME <= bytes.length; ) {
    const end = at + FRAME + bytes.readUInt32BE(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return false;
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return end === bytes.length;
    at = end;
  }
  return false;
}
