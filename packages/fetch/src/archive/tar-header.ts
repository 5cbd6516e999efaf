import { ArchiveError } from "./archive-error.ts";

export interface TarHeader {
  /** With ustar's prefix before it. */
  readonly name: string;
  readonly size: number;
  /** One character. */
  readonly type: string;
}

/** The sum of a header's bytes, its own eight taken as spaces. */
export const tarChecksum = (block: Uint8Array): number =>
  block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);

/** Reads a header of 512 bytes. Throws ArchiveError ("corrupt") where its checksum or its numbers are wrong. */
export function readTarHeader(block: Buffer): TarHeader {
  const found = octal(block, 148, 8);
  if (found !== tarChecksum(block)) throw new ArchiveError("corrupt", "the checksum of a header is wrong");
  const type = block.toString("latin1", 156, 157);
  const posix = block.toString("latin1", 257, 263) === "ustar\0"; // GNU writes "ustar " and keeps other things where the prefix is
  const prefix = posix ? string(block, 345, 155) : "";
  const name = string(block, 0, 100);
  return { name: prefix ? `${prefix}/${name}` : name, size: size(block), type };
}

function string(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

/** Octal digits, or from 8 GB on GNU's binary form: a first byte of 0x80, then the number, largest byte first. */
function size(block: Buffer): number {
  if (block[124] === undefined || block[124] < 0x80) return octal(block, 124, 12);
  const value = block.readBigUInt64BE(128);
  if (block[124] !== 0x80 || block.readUIntBE(125, 3) !== 0 || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ArchiveError("corrupt", "a size that is negative or beyond any file");
  return Number(value);
}

function octal(block: Buffer, at: number, length: number): number {
  const field = block
    .toString("latin1", at, at + length)
    .replace(/^ +/, "")
    .replace(/[ \0].*$/s, "");
  if (!/^[0-7]*$/.test(field)) throw new ArchiveError("corrupt", `${JSON.stringify(field)} where a number is wanted`);
  return field === "" ? 0 : Number.parseInt(field, 8);
}
