// Zip archives, those above 4 GB included. yauzl reads the directory and inflates; nothing is written before every entry was looked at.

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { FetchError } from "../fetch-error.ts";
import { ArchiveError } from "./archive-error.ts";
import { checkRatio, type Limits, Meter } from "./limits.ts";
import type { ArchiveEntry, Visit } from "./visit.ts";

/** Reads the zip archive at `path`. Throws ArchiveError for damage, encryption and bombs, and whatever `visit` throws. */
export async function readZip(path: string, limits: Limits, visit: Visit): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true });
    const entries = await listed(zip, limits);
    for (const entry of entries) await visit(described(zip, entry, limits));
  } catch (error) {
    throw typed(error);
  } finally {
    zip?.close();
  }
}

/** Errors of yauzl and of inflate are plain ones; those of the disk name a system call. */
function typed(error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof ArchiveError || error instanceof FetchError || syscall !== undefined) return error;
  const name = /^(invalid relative path|absolute path|invalid characters in fileName)/.test(message);
  return new ArchiveError(name ? "path" : "corrupt", name ? message : `damaged: ${message}`, { cause: error });
}

async function listed(zip: ZipFile, limits: Limits): Promise<Entry[]> {
  if (zip.entryCount > limits.entries)
    throw new ArchiveError("limit", `${zip.entryCount} entries, more than ${limits.entries}`);
  const meter = new Meter(limits);
  const entries: Entry[] = [];
  const ranges: { from: number; to: number; name: string }[] = [];
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    meter.entry();
    if (entry.isEncrypted()) throw new ArchiveError("encrypted", `entry ${JSON.stringify(name)}: encrypted`);
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      throw new ArchiveError(
        "unknown-format",
        `entry ${JSON.stringify(name)}: packed by method ${entry.compressionMethod}, wanted stored or deflated`,
      );
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    ranges.push({ from: entry.relativeOffsetOfLocalHeader, to: fileDataStart + entry.compressedSize, name });
    packed += entry.compressedSize;
    checkRatio(entry.uncompressedSize, entry.compressedSize, limits);
    meter.add(entry.uncompressedSize, packed);
    entries.push(entry);
  }
  refuseOverlap(ranges);
  return entries;
}

/** Entries that share bytes are how a small archive pretends to be a large one (D. Fifield, A better zip bomb, 2019). */
function refuseOverlap(ranges: { from: number; to: number; name: string }[]): void {
  ranges.sort((a, b) => a.from - b.from);
  for (const [i, { from, name }] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before && from < before.to)
      throw new ArchiveError(
        "limit",
        `entries ${JSON.stringify(before.name)} and ${JSON.stringify(name)} share bytes: a bomb`,
      );
  }
}

function described(zip: ZipFile, entry: Entry, limits: Limits): ArchiveEntry {
  const { fileName: name, uncompressedSize: size } = entry;
  const { kind, type } = kindOf(entry);
  return {
    name,
    kind,
    type,
    size,
    async *data() {
      let sum = 0;
      let length = 0;
      for await (const chunk of (await zip.openReadStreamPromise(entry)) as Readable) {
        sum = crc32(chunk as Buffer, sum);
        length += (chunk as Buffer).length;
        checkRatio(length, entry.compressedSize, limits);
        yield chunk as Buffer;
      }
      if (sum !== entry.crc32)
        throw new ArchiveError("corrupt", `entry ${JSON.stringify(name)}: its checksum is wrong`);
    },
  };
}

/** Unix keeps the mode in the upper half of the attributes; archives of other systems know files and folders alone. */
function kindOf(entry: Entry): Pick<ArchiveEntry, "kind" | "type"> {
  const mode = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (mode === 0o120000) return { kind: "link", type: "SymbolicLink" };
  if (mode !== 0 && mode !== 0o100000 && mode !== 0o040000) return { kind: "other", type: `mode ${mode.toString(8)}` };
  return entry.fileName.endsWith("/") || mode === 0o040000
    ? { kind: "folder", type: "Directory" }
    : { kind: "file", type: "File" };
}
