// Tar archives, plain or in gzip, read strictly. Formats: ustar and pax (POSIX.1-2017, pax utility), GNU's long names.
// Why not node-tar's parser, the best kept one: it takes a pax name up to its first line break, and unpacks gzip in gzip by itself.

import { createReadStream } from "node:fs";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { ArchiveError } from "./archive-error.ts";
import { ByteReader } from "./byte-reader.ts";
import { type Limits, Meter } from "./limits.ts";
import { readTarHeader, type TarHeader } from "./tar-header.ts";
import type { ArchiveEntry, Visit } from "./visit.ts";

const block = 512;
/** Of a header that describes the next one. */
const mostMeta = 64 * 1024;

/** Reads the tar archive at `path`. Throws ArchiveError for damage and for bombs, and whatever `visit` throws. */
export async function readTar(path: string, gzip: boolean, limits: Limits, visit: Visit): Promise<void> {
  const meter = new Meter(limits);
  const { source, packed } = open(path, gzip);
  const reader = new ByteReader(source, (length) => meter.add(length, packed()));
  try {
    await readEntries(reader, meter, visit);
    await reader.drain(); // to the end, so that gzip's own checksum is looked at
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code === "string" && code.startsWith("Z_"))
      throw new ArchiveError("corrupt", `damaged or cut short: ${message}`, { cause: error });
    throw error;
  } finally {
    source.destroy();
  }
}

function open(path: string, gzip: boolean): { source: Readable; packed: () => number } {
  let packed = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      packed += chunk.length;
      done(null, chunk);
    },
  });
  const ended = () => {}; // an error reaches the reader through the last stream
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const source = gzip
    ? pipeline(file, count, createGunzip({ chunkSize: 1 << 18 }), ended)
    : pipeline(file, count, ended);
  return { source, packed: () => packed };
}

interface Meta {
  path?: string;
  size?: number;
  sparse?: boolean;
}

async function readEntries(reader: ByteReader, meter: Meter, visit: Visit): Promise<void> {
  let meta: Meta = {};
  for (;;) {
    const bytes = await reader.take(block);
    if (bytes === undefined || isZero(bytes)) return await endMark(reader, bytes !== undefined);
    const header = readTarHeader(bytes);
    if ("xgLK".includes(header.type)) {
      meta = described(header, await body(reader, header), meta);
      continue;
    }
    meter.entry();
    await one(reader, header, meta, visit);
    meta = {};
  }
}

/** Two empty blocks, of which the first was seen. */
async function endMark(reader: ByteReader, first: boolean): Promise<void> {
  const second = first ? await reader.take(block) : undefined;
  if (second === undefined || !isZero(second))
    throw new ArchiveError("corrupt", "cut short: the mark at the end of an archive is missing");
}

const isZero = (bytes: Buffer) => bytes.every((byte) => byte === 0);

/** One entry with what follows it up to a whole block. */
async function one(reader: ByteReader, header: TarHeader, meta: Meta, visit: Visit): Promise<void> {
  const name = meta.path ?? header.name;
  const { kind, type } = meta.sparse ? ({ kind: "other", type: "sparse file" } as const) : kindOf(header, name);
  const size = meta.size ?? header.size;
  if (kind !== "file" && kind !== "other" && size !== 0)
    throw new ArchiveError("corrupt", `entry ${JSON.stringify(name)}: a ${type} with ${size} bytes`);
  const rest = reader.part(size);
  await visit({ name, kind, type, size, data: () => rest });
  for await (const _ of rest); // what nobody asked for
  await reader.skip(padding(size));
}

const padding = (size: number) => (block - (size % block)) % block;

async function body(reader: ByteReader, { size, type }: TarHeader): Promise<Buffer> {
  if (size > mostMeta) throw new ArchiveError("limit", `a header of the type ${type} with ${size} bytes`);
  const bytes = await reader.take(size + padding(size));
  if (bytes === undefined) throw new ArchiveError("corrupt", "cut short in a header");
  return bytes.subarray(0, size);
}

/** What a header says of the entry after it. */
function described({ type }: TarHeader, bytes: Buffer, before: Meta): Meta {
  if (type === "K") return before; // the target of a link: links are not followed, so it says nothing
  if (type === "L") return { ...before, path: text(bytes.subarray(0, untilZero(bytes))) };
  const records = paxRecords(bytes);
  const { path, size } = Object.fromEntries(records);
  if (type === "g") {
    if (path !== undefined || size !== undefined)
      throw new ArchiveError("corrupt", "a name or a size for all entries to come");
    return before;
  }
  if (size !== undefined && !/^\d{1,15}$/.test(size))
    throw new ArchiveError("corrupt", `a size of ${JSON.stringify(size)}`);
  return {
    ...before,
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...([...records.keys()].some((key) => key.startsWith("GNU.sparse")) ? { sparse: true } : {}),
  };
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts all of it: a value may hold line breaks. */
function paxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const [, digits] = /^(\d{1,7}) /.exec(bytes.toString("latin1", at, at + 8)) ?? [];
    const end = at + Number(digits);
    const equals = bytes.indexOf("=", at);
    if (digits === undefined || end > bytes.length || bytes[end - 1] !== 10 || equals === -1 || equals >= end)
      throw new ArchiveError("corrupt", "a pax header that is damaged");
    records.set(text(bytes.subarray(at + digits.length + 1, equals)), text(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return records;
}

const untilZero = (bytes: Buffer) => (bytes.includes(0) ? bytes.indexOf(0) : bytes.length);
/** Damaged UTF-8 becomes U+FFFD, which no name may hold. */
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
