import { constants, type Dirent, readdirSync } from "node:fs";
import { copyFile, link, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FetchError, type Unpacked, type UnpackOptions } from "@dit-bench/fetch";
import { isPassedOver, makeFolders } from "@dit-bench/files";
import { DataError } from "../data-error.ts";
import { diskPath, nameText } from "../disk-name.ts";
import { unreadable } from "../image-file.ts";

/**
 * Takes from a folder what `unpack` would take from the archive that it once was: files by hard links, or copies on another
 * disk. The folder may lack the archive's topmost folder, since it often bears its name. `to` appears when all is there.
 */
export async function takeFolder(
  from: string,
  to: string,
  { select = () => true, signal, onProgress }: UnpackOptions = {},
): Promise<Unpacked> {
  const temporary = `${to}.taking`;
  await rm(temporary, { recursive: true, force: true });
  makeFolders(temporary);
  const counts = { files: 0, bytes: 0, passedOver: 0 };
  const top = basename(resolve(from));
  for (const below of filesBelow(from)) {
    if (signal?.aborted)
      throw new FetchError("interrupted", `stopped while taking ${from}; the same command takes it again`);
    const path = diskPath(from, below);
    const wanted = [below, `${top}/${below}`].find(select);
    if (wanted === undefined) {
      counts.passedOver++;
      continue;
    }
    const target = join(temporary, wanted);
    makeFolders(dirname(target));
    await link(path, target).catch(() => copyFile(path, target, constants.COPYFILE_EXCL));
    counts.files++;
    onProgress?.(counts.files, counts.bytes);
  }
  await rename(temporary, to);
  return counts;
}

/** Paths of the files in a folder, but not of links: they lead elsewhere, and an archive's would not be taken either. */
function* filesBelow(folder: string, relative = ""): Generator<string> {
  let entries: Dirent<Buffer>[];
  try {
    entries = readdirSync(diskPath(folder, relative), { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    // A dataset without some of its images would be another one.
    throw new DataError(
      "unreadable-images",
      `"${join(folder, relative)}" ${unreadable(error)}: its images are missing`,
    );
  }
  for (const entry of entries) {
    const name = nameText(entry.name);
    const path = relative === "" ? name : `${relative}/${name}`;
    if (isPassedOver(name)) continue;
    if (entry.isDirectory()) yield* filesBelow(folder, path);
    else if (entry.isFile()) yield path;
  }
}
