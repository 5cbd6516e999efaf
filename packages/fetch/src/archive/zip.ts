// Reads zip archives, including archives above 4 GB. yauzl reads the directory and inflates the data. Every entry of
// the directory is checked before the first one is visited.

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { FetchError } from "../fetch-error.ts";
import { ArchiveError } from "./archive-error.ts";
import { FileReader } from "./file-reader.ts";
import { checkRatio, type Limits, Meter } from "./limits.ts";
import type { ArchiveEntry, Visit } from "./visit.ts";

/**
 * Reads the zip archive at `path`. Throws ArchiveError for damage and for bombs; errors of `visit` pass through. Names
 * are passed to `visit` unchecked. An entry that is encrypted or has an unknown compression method causes an error only
 * when its data are read.
 */
export async function readZip(path: string, limits: Limits, visit: Visit): Promise<void> {
  const reader = new FileReader(path);
  let zip: ZipFile | undefined;
  try {
    zip = await fromRandomAccessReaderPromise(reader, reader.size, {
      autoClose: false,
      lazyEntries: true,
      decodeStrings: false, // otherwise a bad name causes an error, even if its entry is not selected
    });
    const entries = await listEntries(zip, limits);
    for (const [name, entry] of entries) await visit(toArchiveEntry(zip, name, entry, limits));
  } catch (error) {
    throw toTypedError(error);
  } finally {
    if (zip) zip.close();
    else reader.close(() => {});
  }
}

/** Errors of yauzl and zlib become ArchiveErrors. System errors, which name a system call, are kept. */
function toTypedError(error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof ArchiveError || error instanceof FetchError || syscall !== undefined) return error;
  if (message === "strong encryption is not supported") return new ArchiveError("encrypted", message, { cause: error });
  return new ArchiveError("corrupt", `damaged: ${message}`, { cause: error });
}

/** All entries with their names, checked against the limits and for overlaps. */
async function listEntries(zip: ZipFile, limits: Limits): Promise<[string, Entry][]> {
  if (zip.entryCount > limits.entries)
    throw new ArchiveError("limit", `${zip.entryCount} entries, more than ${limits.entries}`);
  const meter = new Meter(limits);
  const entries: [string, Entry][] = [];
  const ranges: { from: number; to: number; name: string }[] = [];
  let packedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
    const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true); // keeps backslashes
    meter.countEntry();
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    ranges.push({ from: entry.relativeOffsetOfLocalHeader, to: fileDataStart + entry.compressedSize, name });
    packedBytes += entry.compressedSize;
    checkRatio(entry.uncompressedSize, entry.compressedSize, limits);
    meter.addBytes(entry.uncompressedSize, packedBytes);
    entries.push([name, entry]);
  }
  refuseOverlap(ranges);
  return entries;
}

/** Overlapping entries let a small archive unpack to a huge size (Fifield, A better zip bomb, 2019). */
function refuseOverlap(ranges: { from: number; to: number; name: string }[]): void {
  ranges.sort((a, b) => a.from - b.from);
  for (const [i, { from, name }] of ranges.entries()) {
    const previous = ranges[i - 1];
    if (previous && from < previous.to)
      throw new ArchiveError(
        "limit",
        `entries ${JSON.stringify(previous.name)} and ${JSON.stringify(name)} share bytes: a bomb`,
      );
  }
}

function toArchiveEntry(zip: ZipFile, name: string, entry: Entry, limits: Limits): ArchiveEntry {
  const { uncompressedSize: size } = entry;
  const { kind, type } = kindOf(name, entry);
  return {
    name,
    kind,
    type,
    size,
    async *data() {
      checkCompression(name, entry);
      let sum = 0;
      let length = 0;
      for await (const chunk of (await zip.openReadStreamPromise(entry)) as Readable) {
        sum = crc32(chunk as Buffer, sum);
        length += (chunk as Buffer).length;
        checkRatio(length, entry.compressedSize, limits);
        yield chunk as Buffer;
      }
      if (sum !== entry.crc32) throw new ArchiveError("corrupt", `entry ${JSON.stringify(name)}: wrong checksum`);
    },
  };
}

function checkCompression(name: string, entry: Entry): void {
  const quoted = `entry ${JSON.stringify(name)}`;
  if (entry.isEncrypted()) throw new ArchiveError("encrypted", `${quoted}: encrypted`);
  const { compressionMethod: method } = entry;
  if (method !== 0 && method !== 8)
    throw new ArchiveError(
      "unknown-format",
      `${quoted}: compression method ${method}; only stored (0) and deflate (8) are supported`,
    );
}

/** Unix stores the file mode in the upper 16 bits of the attributes; other systems have only files and folders. */
function kindOf(name: string, entry: Entry): Pick<ArchiveEntry, "kind" | "type"> {
  const mode = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (mode === 0o120000) return { kind: "link", type: "SymbolicLink" };
  if (mode !== 0 && mode !== 0o100000 && mode !== 0o040000) return { kind: "other", type: `mode ${mode.toString(8)}` };
  return name.endsWith("/") || mode === 0o040000
    ? { kind: "folder", type: "Directory" }
    : { kind: "file", type: "File" };
}
