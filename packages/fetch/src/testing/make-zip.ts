// Makes valid and invalid zip archives for tests. Source: PKWARE's APPNOTE 6.3.10.

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly body?: Uint8Array | string;
  /** 0 stored, 8 deflated. */
  readonly method?: number;
  /** Unix mode with the file type: 0o120777 is a link. */
  readonly mode?: number;
  readonly flags?: number;
  /** Wrong values for the headers. */
  readonly crc?: number;
  readonly size?: number;
  readonly packedSize?: number;
  /** The offset of another entry, for entries that overlap. */
  readonly offset?: number;
  readonly localName?: string;
}

export interface ZipOptions {
  /** Writes sizes and offsets in 64 bits, as in archives above 4 GB. */
  readonly zip64?: boolean;
  /** A wrong number of entries for the end record. */
  readonly count?: number;
}

export function makeZip(
  entries: readonly ZipEntry[],
  { zip64 = false, count = entries.length }: ZipOptions = {},
): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { method = 8, mode = 0o100644, flags = 0x800 } = entry;
    const body = Buffer.from(entry.body ?? "");
    const packed = method === 8 ? deflateRawSync(body) : body;
    const size = entry.size ?? body.length;
    const packedSize = entry.packedSize ?? packed.length;
    const crc = entry.crc ?? crc32(body);
    const offset = entry.offset ?? at;
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    const localHeader = Buffer.alloc(30);
    localHeader.writeUInt32LE(0x04034b50, 0);
    localHeader.writeUInt16LE(20, 4);
    localHeader.writeUInt16LE(flags, 6);
    localHeader.writeUInt16LE(method, 8);
    localHeader.writeUInt32LE(crc, 14);
    localHeader.writeUInt32LE(packedSize, 18);
    localHeader.writeUInt32LE(size, 22);
    localHeader.writeUInt16LE(localName.length, 26);
    const extra = zip64 ? zip64Extra(size, packedSize, offset) : Buffer.alloc(0);
    const centralHeader = Buffer.alloc(46);
    centralHeader.writeUInt32LE(0x02014b50, 0);
    centralHeader.writeUInt16LE((3 << 8) | 45, 4); // made on Unix
    centralHeader.writeUInt16LE(zip64 ? 45 : 20, 6);
    centralHeader.writeUInt16LE(flags, 8);
    centralHeader.writeUInt16LE(method, 10);
    centralHeader.writeUInt32LE(crc, 16);
    centralHeader.writeUInt32LE(zip64 ? 0xffffffff : packedSize, 20);
    centralHeader.writeUInt32LE(zip64 ? 0xffffffff : size, 24);
    centralHeader.writeUInt16LE(name.length, 28);
    centralHeader.writeUInt16LE(extra.length, 30);
    centralHeader.writeUInt32LE((mode << 16) >>> 0, 38);
    centralHeader.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    local.push(localHeader, localName, packed);
    central.push(centralHeader, name, extra);
    at += localHeader.length + localName.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : directory.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16);
  const zip64Records = zip64 ? [zip64End(count, directory.length, at)] : [];
  return Buffer.concat([...local, directory, ...zip64Records, end]);
}

function zip64Extra(size: number, packedSize: number, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(packedSize), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  return extra;
}

function zip64End(count: number, length: number, at: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(at + length), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
