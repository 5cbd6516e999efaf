// Unpacks an archive into a new folder, completely or not at all.

import { writeFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders } from "@dit-bench/files";
import { describeDiskFull } from "../disk-full.ts";
import { FetchError } from "../fetch-error.ts";
import { ArchiveError } from "./archive-error.ts";
import { entryPath, TakenPaths } from "./entry-path.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { readTar } from "./tar.ts";
import { tarChecksum } from "./tar-header.ts";
import type { ArchiveEntry, Visit } from "./visit.ts";
import { readZip } from "./zip.ts";

export interface UnpackOptions {
  /** Selects entries by path (default: all). Other entries are skipped, even those that would be refused. */
  readonly select?: (path: string) => boolean;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of files written so far and their bytes. */
  readonly onProgress?: (files: number, bytes: number) => void;
}

export interface UnpackResult {
  readonly files: number;
  readonly bytes: number;
  /** Entries that `select` left out. */
  readonly passedOver: number;
}

/**
 * Unpacks a .tar, .tar.gz or .zip, recognised by its first bytes, into the folder `to`. The folder must not exist; it
 * appears when every entry is unpacked. The caller must hold a lock on `to`: the temporary folder beside it has a fixed
 * name, so that the next call can remove the files that a killed process left.
 *
 * @throws ArchiveError for a link, a device, a name that leads out of the folder, two names that collide, damaged
 *   bytes, or content above the limits. No file is left behind.
 */
export async function unpack(archive: string, to: string, options: UnpackOptions = {}): Promise<UnpackResult> {
  const limits = { ...defaultLimits, ...options.limits };
  const temporary = `${to}.unpacking`;
  await rm(temporary, { recursive: true, force: true });
  makeFolders(temporary);
  try {
    const { visit, counts } = createWriter(temporary, options);
    await readArchive(archive, limits, visit);
    if (counts.files + counts.passedOver === 0) throw new ArchiveError("corrupt", "it holds no files");
    await rename(temporary, to);
    return counts;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw describeDiskFull(error, to);
    throw new ArchiveError(error.code, `archive "${archive}": ${error.message}`, { cause: error });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function readArchive(archive: string, limits: Limits, visit: Visit): Promise<void> {
  const file = await open(archive);
  const head = Buffer.alloc(512);
  let length: number;
  try {
    length = (await file.read(head, 0, 512, 0)).bytesRead;
  } finally {
    await file.close();
  }
  const start = head.subarray(0, length);
  if (start[0] === 0x1f && start[1] === 0x8b) return await readTar(archive, true, limits, visit);
  if (start.subarray(0, 4).equals(Buffer.from("PK\x03\x04")) || start.subarray(0, 4).equals(Buffer.from("PK\x05\x06")))
    return await readZip(archive, limits, visit);
  if (start.length === 512 && Number.parseInt(start.toString("latin1", 148, 156), 8) === tarChecksum(start))
    return await readTar(archive, false, limits, visit);
  throw new ArchiveError("unknown-format", "not a tar, tar.gz or zip archive");
}

function createWriter(folder: string, { select, signal, onProgress }: UnpackOptions) {
  const takenPaths = new TakenPaths();
  const madeFolders = new Set<string>();
  const counts = { files: 0, bytes: 0, passedOver: 0 };
  const makeFolder = async (path: string) => {
    if (madeFolders.has(path)) return;
    makeFolders(path);
    madeFolders.add(path);
  };
  const visit = async (entry: ArchiveEntry) => {
    if (signal?.aborted)
      throw new FetchError("interrupted", "stopped while unpacking; the same command starts it again");
    const path = pathOf(entry, select);
    if (path === undefined) return void counts.passedOver++;
    if (path === "" && entry.kind === "folder") return; // "./"
    if (select && !select(path)) {
      if (entry.kind !== "folder") counts.passedOver++;
      return;
    }
    const quotedPath = JSON.stringify(path);
    if (entry.kind === "link") throw new ArchiveError("link", `entry ${quotedPath}: a link (${entry.type})`);
    if (entry.kind === "other")
      throw new ArchiveError("type", `entry ${quotedPath}: of type ${entry.type}; only files and folders are unpacked`);
    if (path === "") throw new ArchiveError("path", `entry ${JSON.stringify(entry.name)}: a file without a name`);
    takenPaths.take(path, entry.kind === "folder");
    const target = join(folder, path);
    if (entry.kind === "folder") return await makeFolder(target);
    await makeFolder(dirname(target));
    const writtenBytes = await writeEntry(target, entry);
    if (writtenBytes !== entry.size)
      throw new ArchiveError("corrupt", `entry ${quotedPath}: ${writtenBytes} bytes found, ${entry.size} announced`);
    counts.files++;
    counts.bytes += writtenBytes;
    onProgress?.(counts.files, counts.bytes);
  };
  return { visit, counts };
}

/** The path of an entry; undefined if its name is refused and `select` leaves the entry out. */
function pathOf({ name }: ArchiveEntry, select: UnpackOptions["select"]): string | undefined {
  try {
    return entryPath(name);
  } catch (error) {
    if (select && !select(name)) return undefined;
    throw error;
  }
}

const smallFileBytes = 1 << 20;

/**
 * Writes a new file; the flag `wx` refuses to overwrite a file or follow a link. A small file is written in one
 * blocking call: three asynchronous calls per file take twice as long (measured on tens of thousands of photographs).
 */
async function writeEntry(path: string, entry: ArchiveEntry): Promise<number> {
  if (entry.size <= smallFileBytes) {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of entry.data()) {
      parts.push(part);
      length += part.length;
      if (length > smallFileBytes) return length; // more than announced
    }
    writeFileSync(path, parts.length === 1 ? parts[0]! : Buffer.concat(parts), { flag: "wx", mode: 0o644 });
    return length;
  }
  const file = await open(path, "wx", 0o644);
  let writtenBytes = 0;
  try {
    for await (const chunk of entry.data()) {
      for (let done = 0; done < chunk.length; )
        done += (await file.write(chunk, done, chunk.length - done)).bytesWritten;
      writtenBytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return writtenBytes;
}
