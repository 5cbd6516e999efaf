// A strict reader of tar archives, plain or gzipped: ustar and pax (POSIX.1-2017, pax utility), GNU long names.
// Parsers of npm were tried and rejected, because they accept malformed archives (docs/decisions/0006-fetching.md):
// node-tar ends a pax name at its first line break and unpacks nested gzip; tar-stream accepts damaged pax records and
// a missing end marker; modern-tar reads unknown entry types as files.

import { createReadStream } from "node:fs";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { ArchiveError } from "./archive-error.ts";
import { ByteReader } from "./byte-reader.ts";
import { type Limits, Meter } from "./limits.ts";
import { readTarHeader, type TarHeader } from "./tar-header.ts";
import type { ArchiveEntry, Visit } from "./visit.ts";

const blockBytes = 512;
/** Limit on an extended header, which describes the entry after it. */
const maxMetaBytes = 64 * 1024;

/** Reads the tar archive at `path`. Throws ArchiveError for damage and for bombs; errors of `visit` pass through. */
export async function readTar(path: string, gzip: boolean, limits: Limits, visit: Visit): Promise<void> {
  const meter = new Meter(limits);
  const { source, packedBytes } = openStream(path, gzip);
  const reader = new ByteReader(source, (length) => meter.addBytes(length, packedBytes()));
  try {
    await readEntries(reader, meter, visit);
    await reader.drain(); // zlib checks the checksum of gzip at the end of the stream
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code === "string" && code.startsWith("Z_"))
      throw new ArchiveError("corrupt", `damaged or truncated: ${message}`, { cause: error });
    throw error;
  } finally {
    source.destroy();
  }
}

function openStream(path: string, gzip: boolean): { source: Readable; packedBytes: () => number } {
  let packedBytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      packedBytes += chunk.length;
      done(null, chunk);
    },
  });
  const ignore = () => {}; // the reader gets any error from the last stream
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const source = gzip
    ? pipeline(file, counter, createGunzip({ chunkSize: 1 << 18 }), ignore)
    : pipeline(file, counter, ignore);
  return { source, packedBytes: () => packedBytes };
}

interface Meta {
  path?: string;
  size?: number;
  sparse?: boolean;
}

async function readEntries(reader: ByteReader, meter: Meter, visit: Visit): Promise<void> {
  let pending: Meta = {};
  for (;;) {
    const bytes = await reader.take(blockBytes);
    if (bytes === undefined || isZero(bytes)) return await checkEndMark(reader, bytes !== undefined);
    const header = readTarHeader(bytes);
    if ("xgLK".includes(header.type)) {
      pending = applyMeta(header, await readMeta(reader, header), pending);
      continue;
    }
    meter.countEntry();
    await visitEntry(reader, header, pending, visit);
    pending = {};
  }
}

/** An archive ends with two blocks of zeros. @param hasFirst whether the first of them was read */
async function checkEndMark(reader: ByteReader, hasFirst: boolean): Promise<void> {
  const second = hasFirst ? await reader.take(blockBytes) : undefined;
  if (second === undefined || !isZero(second))
    throw new ArchiveError("corrupt", "truncated: the end-of-archive marker is missing");
}

const isZero = (bytes: Buffer) => bytes.every((byte) => byte === 0);

/** Visits one entry and reads its data and padding to the end. */
async function visitEntry(reader: ByteReader, header: TarHeader, pending: Meta, visit: Visit): Promise<void> {
  const name = pending.path ?? header.name;
  const { kind, type } = pending.sparse ? ({ kind: "other", type: "sparse file" } as const) : kindOf(header, name);
  const size = pending.size ?? header.size;
  if (kind !== "file" && kind !== "other" && size !== 0)
    throw new ArchiveError("corrupt", `entry ${JSON.stringify(name)}: a ${type} with ${size} bytes`);
  const data = reader.stream(size);
  await visit({ name, kind, type, size, data: () => data });
  for await (const _ of data); // skip the bytes that the visitor has not read
  await reader.skip(padding(size));
}

const padding = (size: number) => (blockBytes - (size % blockBytes)) % blockBytes;

async function readMeta(reader: ByteReader, { size, type }: TarHeader): Promise<Buffer> {
  if (size > maxMetaBytes)
    throw new ArchiveError("limit", `an extended header of type ${type} with ${size} bytes, more than ${maxMetaBytes}`);
  const bytes = await reader.take(size + padding(size));
  if (bytes === undefined) throw new ArchiveError("corrupt", "truncated within an extended header");
  return bytes.subarray(0, size);
}

/** Adds the values of an extended header to those known of the next entry. */
function applyMeta({ type }: TarHeader, bytes: Buffer, previous: Meta): Meta {
  if (type === "K") return previous; // the target of a link: links are refused
  if (type === "L") return { ...previous, path: text(bytes.subarray(0, lengthToZero(bytes))) };
  const records = parsePaxRecords(bytes);
  const { path, size } = Object.fromEntries(records);
  if (type === "g") {
    if (path !== undefined || size !== undefined)
      throw new ArchiveError("corrupt", "a global pax header with a name or a size");
    return previous;
  }
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new ArchiveError("corrupt", `a size of ${JSON.stringify(size)}`);
  return {
    ...previous,
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...([...records.keys()].some((key) => key.startsWith("GNU.sparse")) ? { sparse: true } : {}),
  };
}

/** Records `LENGTH KEY=VALUE\n`. LENGTH counts the whole record, so a value may contain line breaks. */
function parsePaxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const [, digits] = /^(\d{1,7}) /.exec(bytes.toString("latin1", at, at + 8)) ?? [];
    const end = at + Number(digits);
    const equals = bytes.indexOf("=", at);
    if (digits === undefined || end > bytes.length || bytes[end - 1] !== 10 || equals === -1 || equals >= end)
      throw new ArchiveError("corrupt", "a damaged pax header");
    records.set(text(bytes.subarray(at + digits.length + 1, equals)), text(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return records;
}

const lengthToZero = (bytes: Buffer) => (bytes.includes(0) ? bytes.indexOf(0) : bytes.length);
/** Damaged UTF-8 becomes U+FFFD, which `entryPath` refuses. */
const text = (bytes: Buffer) => bytes.toString("utf8");

function kindOf({ type }: TarHeader, name: string): Pick<ArchiveEntry, "kind" | "type"> {
  if (type === "5" || (type === "\0" && name.endsWith("/"))) return { kind: "folder", type: "folder" };
  if (type === "0" || type === "\0" || type === "7") return { kind: "file", type: "file" };
  if (type === "1") return { kind: "link", type: "hard link" };
  if (type === "2") return { kind: "link", type: "symbolic link" };
  const names: Readonly<Record<string, string>> = {
    3: "character device",
    4: "block device",
    6: "pipe",
    S: "sparse file",
  };
  return { kind: "other", type: names[type] ?? `type ${JSON.stringify(type)}` };
}
