// Unpacks the libraries of an engine from its wheel, and writes the manifest beside them.

import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  filesOfWheel,
  type OpenvinoManifest,
  openvinoManifestFile,
  type Wheel,
  type WheelTable,
} from "@dit-bench/compiler";
import { FetchError, unpack } from "@dit-bench/fetch";
import { checkMark, digestOf, noteChecked, replaceFile } from "@dit-bench/files";

/** A wheel of libraries has some dozen entries. */
const limits = { entries: 10_000, bytes: 2e9 };

export interface UnpackEngineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of files written so far, and of all files. */
  readonly onProgress?: (files: number, total: number) => void;
}

/**
 * Unpacks a checked wheel into `to`. Everything is written into a folder beside it, which then replaces `to`. The
 * caller must hold a lock on `to`. Throws ArchiveError for a hostile or damaged archive, and FetchError.
 */
export async function unpackEngine(
  archive: string,
  { table, wheel, platform }: { readonly table: WheelTable; readonly wheel: Wheel; readonly platform: string },
  to: string,
  { signal, onProgress }: UnpackEngineOptions = {},
): Promise<void> {
  const names = filesOfWheel(wheel);
  const staging = `${to}.new`;
  await rm(staging, { recursive: true, force: true });
  try {
    const { files: found } = await unpack(archive, staging, {
      select: (path) => names.includes(path),
      limits,
      signal,
      onProgress: (files) => onProgress?.(files, names.length),
    });
    if (found !== names.length)
      throw new FetchError("not-the-file", `${archive} has ${found} of the ${names.length} files that are needed`);
    const files: OpenvinoManifest["files"][number][] = [];
    for (const file of names) files.push(await describeFile(staging, file));
    const manifest: OpenvinoManifest = {
      version: 1,
      package: table.package,
      packageVersion: table.version,
      platform,
      wheelSha256: wheel.sha256,
      files,
    };
    await replaceFile(join(staging, openvinoManifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rm(to, { recursive: true, force: true });
    await rename(staging, to);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Hashes an unpacked file and notes it as checked. The file is flushed first: after a power failure, a file of the
 * right size whose bytes were lost must not count as checked.
 */
async function describeFile(folder: string, file: string): Promise<OpenvinoManifest["files"][number]> {
  const path = join(folder, file);
  const handle = await open(path, "r+");
  try {
    await handle.sync();
    const mark = checkMark(path);
    const sha256 = digestOf(path, "sha256");
    noteChecked(path, mark);
    return { file, bytes: (await handle.stat()).size, sha256 };
  } finally {
    await handle.close();
  }
}
