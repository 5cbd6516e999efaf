// Parses the header block of a tar entry: POSIX.1-2017, pax utility, "ustar Interchange Format". It also reads sizes in
// GNU's binary form.

import { ArchiveError } from "./archive-error.ts";

export interface TarHeader {
  /** Includes the prefix field of ustar. */
  readonly name: string;
  readonly size: number;
  /** The type flag, one character. */
  readonly type: string;
}

/** Sum of the bytes of a header, with the eight bytes of the checksum field counted as spaces. */
export const tarChecksum = (block: Uint8Array): number =>
  block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);

/** Parses a header of 512 bytes. Throws ArchiveError ("corrupt") for a wrong checksum or a malformed number. */
export function readTarHeader(block: Buffer): TarHeader {
  const storedChecksum = readOctal(block, 148, 8);
  if (storedChecksum !== tarChecksum(block)) throw new ArchiveError("corrupt", "a header with a wrong checksum");
  const type = block.toString("latin1", 156, 157);
  const posix = block.toString("latin1", 257, 263) === "ustar\0"; // GNU writes "ustar " and other data as prefix
  const prefix = posix ? readString(block, 345, 155) : "";
  const name = readString(block, 0, 100);
  return { name: prefix ? `${prefix}/${name}` : name, size: readSize(block), type };
}

function readString(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

/** Octal digits, or GNU's binary form for 8 GB and more: a first byte of 0x80, then the number, big-endian. */
function readSize(block: Buffer): number {
  if (block[124] === undefined || block[124] < 0x80) return readOctal(block, 124, 12);
  const value = block.readBigUInt64BE(128);
  if (block[124] !== 0x80 || block.readUIntBE(125, 3) !== 0 || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ArchiveError("corrupt", "a size that is negative or above 2^53");
  return Number(value);
}

function readOctal(block: Buffer, at: number, length: number): number {
  const field = block
    .toString("latin1", at, at + length)
    .replace(/^ +/, "")
    .replace(/[ \0].*$/s, "");
  if (!/^[0-7]*$/.test(field)) throw new ArchiveError("corrupt", `${JSON.stringify(field)} instead of an octal number`);
  return field === "" ? 0 : Number.parseInt(field, 8);
}
