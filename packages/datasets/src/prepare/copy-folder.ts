// Uses a folder of unpacked files instead of their archive.

import { constants, type Dirent, readdirSync } from "node:fs";
import { copyFile, link, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FetchError, type UnpackOptions, type UnpackResult } from "@dit-bench/fetch";
import { diskPath, isIgnoredName, makeFolders, nameText, unreadableReason } from "@dit-bench/files";
import { DataError } from "../data-error.ts";

/**
 * Copies the files from a folder that `unpack` would extract from its archive: as hard links, or as copies on another
 * file system. `from` may be the archive's topmost folder itself. `to` appears once all files are in it. Throws
 * DataError for a folder that cannot be read, FetchError when stopped by the signal.
 */
export async function copyFolder(
  from: string,
  to: string,
  { select = () => true, signal, onProgress }: UnpackOptions = {},
): Promise<UnpackResult> {
  const temporary = `${to}.taking`;
  await rm(temporary, { recursive: true, force: true });
  makeFolders(temporary);
  const counts = { files: 0, bytes: 0, passedOver: 0 };
  const top = basename(resolve(from));
  for (const file of filesBelow(from)) {
    if (signal?.aborted)
      throw new FetchError("interrupted", `stopped while copying ${from}; run the same command again`);
    const path = diskPath(from, file);
    const entry = [file, `${top}/${file}`].find(select);
    if (entry === undefined) {
      counts.passedOver++;
      continue;
    }
    const target = join(temporary, entry);
    makeFolders(dirname(target));
    await link(path, target).catch(() => copyFile(path, target, constants.COPYFILE_EXCL));
    counts.files++;
    onProgress?.(counts.files, counts.bytes);
  }
  await rename(temporary, to);
  return counts;
}

/** Paths of the files in a folder. Symbolic links are left out, as they are when an archive is unpacked. */
function* filesBelow(folder: string, relative = ""): Generator<string> {
  let entries: Dirent<Buffer>[];
  try {
    entries = readdirSync(diskPath(folder, relative), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    // An error, not a note: a prepared dataset without some of its images would be another dataset.
    throw new DataError(
      "unreadable-images",
      `"${join(folder, relative)}" ${unreadableReason(error)}: its images are missing`,
    );
  }
  for (const entry of entries) {
    const name = nameText(entry.name);
    const path = relative === "" ? name : `${relative}/${name}`;
    if (isIgnoredName(name)) continue;
    if (entry.isDirectory()) yield* filesBelow(folder, path);
    else if (entry.isFile()) yield path;
  }
}
