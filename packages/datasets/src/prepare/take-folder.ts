import { constants } from "node:fs";
import { copyFile, link, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { FetchError, type Unpacked, type UnpackOptions } from "@dit-bench/fetch";

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
  await mkdir(temporary, { recursive: true });
  const counts = { files: 0, bytes: 0, passedOver: 0 };
  const top = basename(resolve(from));
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue; // links lead elsewhere, and an archive's would not be taken either
    if (signal?.aborted)
      throw new FetchError("interrupted", `stopped while taking ${from}; the same command takes it anew`);
    const path = join(entry.parentPath, entry.name);
    const below = relative(from, path).replaceAll("\\", "/");
    const wanted = [below, `${top}/${below}`].find(select);
    if (wanted === undefined) {
      counts.passedOver++;
      continue;
    }
    const target = join(temporary, wanted);
    await mkdir(dirname(target), { recursive: true });
    await link(path, target).catch(() => copyFile(path, target, constants.COPYFILE_EXCL));
    counts.files++;
    onProgress?.(counts.files, counts.bytes);
  }
  await rename(temporary, to);
  return counts;
}
