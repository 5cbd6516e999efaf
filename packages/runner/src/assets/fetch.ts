// Fetches weights and datasets by name, and plans that beforehand: sizes, disk space, files that are here already.

import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { neededDownloads, prepareDataset } from "@dit-bench/datasets";
import { type Environment, FetchError, fetchFile, findLocalFile, formatBytes, type RemoteFile } from "@dit-bench/fetch";
import { makeFolders, removeLeftovers, replaceFileWithCopy, tryLock } from "@dit-bench/files";
import type { Listener } from "../events.ts";
import { type Fetchable, folderOf, homeFolder, locateThis } from "./locate.ts";

export interface FetchPlan {
  readonly name: string;
  readonly kind: Fetchable["kind"];
  readonly title: string;
  readonly licence: string;
  /** Where it is, or will be. */
  readonly path: string;
  /** The folder for its downloads, which is searched first. */
  readonly downloads: string;
  /** Is everything here already? */
  readonly here: boolean;
  /** Why a file in the expected place cannot be used. */
  readonly misplaced?: string;
  readonly files: readonly {
    readonly file: string;
    /** Null where nobody published it. */
    readonly bytes: number | null;
    /** Bytes of it that are on this machine. */
    readonly hereBytes: number;
    readonly gone: string | null;
  }[];
  /** Bytes to download; files of unknown size are not counted. */
  readonly bytesToFetch: number;
  /** Bytes on the disk: downloads, and the images unpacked from them, which take as much again. */
  readonly diskNeeded: number;
  readonly diskFree: number;
}

/** Plans what `fetchOne` would do, without using the network. */
export async function planFetch(what: Fetchable, env: Environment = process.env): Promise<FetchPlan> {
  const { kind, name, entry } = what;
  const home = homeFolder(env);
  const folder = downloadFolder(what, home);
  const located = locateThis(what, env);
  const files = await Promise.all(
    filesOf(what).map(async (remote) => {
      const brought = await findLocalFile(remote, folder, env);
      const partial = await stat(join(folder, `${remote.file}.partial`)).catch(() => undefined);
      const { file, bytes, gone = null } = remote;
      const copy = kind === "dataset" ? await unpackedFolder(folder, file) : undefined;
      if (copy) return { file, bytes, hereBytes: bytes ?? 0, gone };
      return { file, bytes: bytes ?? brought?.bytes ?? null, hereBytes: brought?.bytes ?? partial?.size ?? 0, gone };
    }),
  );
  const here = located.path !== undefined;
  const bytesToFetch = here ? 0 : sum(files.map(({ bytes, hereBytes }) => Math.max(0, (bytes ?? 0) - hereBytes)));
  const unpacked = kind === "dataset" && !here ? sum(files.map(({ bytes }) => bytes ?? 0)) : 0;
  return {
    name,
    kind,
    title: entry.title,
    licence: entry.licence,
    downloads: folder,
    path: located.path ?? folderOf(what, home),
    here,
    ...(located.misplaced ? { misplaced: located.misplaced.reason } : {}),
    files,
    bytesToFetch,
    diskNeeded: bytesToFetch + unpacked,
    diskFree: await freeAt(home),
  };
}

export interface Fetched {
  readonly name: string;
  readonly kind: Fetchable["kind"];
  readonly path: string;
  /** Was everything here already? */
  readonly already: boolean;
  /** For a dataset: counts that differ from the expected ones. */
  readonly surprises: readonly string[];
}

/**
 * Fetches weights, or fetches and prepares a dataset. Files that are here already are used. The same call continues
 * where an earlier one stopped. Throws FetchError; for datasets also ArchiveError, MatError and DataError.
 */
export async function fetchOne(
  what: Fetchable,
  { env = process.env, listener = {}, signal }: { env?: Environment; listener?: Listener; signal?: AbortSignal } = {},
): Promise<Fetched> {
  const { kind, name, entry } = what;
  const before = locateThis(what, env);
  if (before.path !== undefined && (kind === "dataset" || before.from === "hub cache"))
    return { name, kind, path: before.path, already: true, surprises: [] };
  const home = homeFolder(env);
  const folder = downloadFolder(what, home);
  if (before.path === undefined) listener.note?.(`${entry.title}: ${entry.licence}`);
  if (before.misplaced) listener.note?.(`${before.misplaced.reason}; it is fetched again`);
  makeFolders(folder);
  removeLeftovers(folder);
  const stop = signal ? { signal } : {};
  const onNote = (text: string) => listener.note?.(text);
  let downloaded = false;
  for (const file of filesOf(what)) {
    if (kind === "dataset" && (await unpackedFolder(folder, file.file)) !== undefined) {
      onNote(`${file.file}: the folder of that name in ${folder} is taken in its place, unchecked`);
      continue;
    }
    listener.stage?.("fetch", `${file.file}${file.bytes === null ? "" : `, ${formatBytes(file.bytes)}`}`);
    const brought = await fetchFile(file, folder, {
      env,
      ...stop,
      onNote,
      onProgress: (done, total) => listener.progress?.(Math.floor(done / 1e6), Math.ceil((total ?? done) / 1e6), "MB"),
    });
    // A file of the hub cache is copied: the folder holds all files of the weights together, and the cache may lack
    // others.
    if (brought.how === "hub cache") await replaceFileWithCopy(join(folder, file.file), brought.path);
    downloaded ||= brought.how !== "was here";
  }
  if (what.kind === "weights")
    return { name, kind, path: locateThis(what, env).path!, already: !downloaded, surprises: [] };

  const to = folderOf(what, home);
  makeFolders(dirname(to));
  const held = await tryLock(`${to}.lock`);
  if (typeof held === "string")
    throw new FetchError("interrupted", `${to}: process ${held} is fetching it already; wait for it, or stop it`);
  try {
    // Another process may have prepared it meanwhile.
    if (locateThis(what, env).path !== undefined) return { name, kind, path: to, already: true, surprises: [] };
    let step = "";
    const source = async (file: string) => (await unpackedFolder(folder, file)) ?? join(folder, file);
    const { surprises } = await prepareDataset(what.entry, source, to, {
      ...stop,
      onNote,
      onProgress(now, done, total) {
        if (now !== step) listener.stage?.(now === "unpacking" ? "unpack" : "sort", what.entry.title);
        step = now;
        listener.progress?.(done, total ?? what.entry.images, "images");
      },
    });
    return { name, kind, path: to, already: false, surprises };
  } finally {
    await held.release();
  }
}

const filesOf = (what: Fetchable): readonly RemoteFile[] =>
  what.kind === "weights" ? what.entry.files : neededDownloads(what.entry);

/** Weights are downloaded to where they stay; archives to a folder beside the image folders made from them. */
const downloadFolder = (what: Fetchable, home: string): string =>
  what.kind === "weights" ? folderOf(what, home) : join(home, "downloads", what.name);

/** A folder with the content of an archive, which the user unpacked in the place of the archive. */
async function unpackedFolder(folder: string, file: string): Promise<string | undefined> {
  const path = join(folder, file.replace(/\.(tar\.gz|tgz|tar|zip)$/, ""));
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : undefined;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

async function freeAt(folder: string): Promise<number> {
  let at = folder;
  while (!existsSync(at)) at = dirname(at);
  const { bavail, bsize } = await statfs(at);
  return bavail * bsize;
}
