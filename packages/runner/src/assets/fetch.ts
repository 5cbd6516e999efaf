// Fetches weights, datasets and engines. A plan shows beforehand the sizes, the disk space and the files on this
// machine.

import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeMissingWheel, thisPlatform } from "@dit-bench/compiler";
import { neededDownloads, prepareDataset } from "@dit-bench/datasets";
import { FetchError, fetchFile, findLocalFile, formatBytes, pipCommand, type RemoteFile } from "@dit-bench/fetch";
import {
  type Environment,
  homeFolder,
  makeFolders,
  removeLeftovers,
  replaceFileWithCopy,
  tryLock,
} from "@dit-bench/files";
import type { Listener } from "../events.ts";
import type { EngineEntry } from "./engine-entries.ts";
import { fetchEngine, wheelRequest } from "./fetch-engine.ts";
import { type Fetchable, folderOf, locateThis } from "./locate.ts";

export interface FetchPlan {
  readonly name: string;
  readonly kind: Fetchable["kind"];
  readonly title: string;
  readonly licence: string;
  /** Path of the weights, the prepared dataset or the engine's folder, also if it does not exist yet. */
  readonly path: string;
  /** Folder of the downloaded files. Files that are in it already are used. */
  readonly downloads: string;
  /** True if nothing must be fetched. */
  readonly here: boolean;
  /** Why a file in the expected place cannot be used. */
  readonly misplaced?: string;
  /** Why an engine cannot be fetched for this platform. */
  readonly unavailable?: string;
  /** For an engine: the command of pip that downloads its file. */
  readonly command?: string;
  readonly files: readonly {
    readonly file: string;
    /** Null if the size is not published. */
    readonly bytes: number | null;
    /** Bytes that are on this machine. */
    readonly hereBytes: number;
    /** Why the file can probably not be downloaded; null if it can. */
    readonly gone: string | null;
  }[];
  /** Bytes to download; files of unknown size are not counted. */
  readonly bytesToFetch: number;
  /** Bytes that the disk needs: the downloads and the unpacked files, for a dataset about the same size again. */
  readonly diskNeeded: number;
  readonly diskFree: number;
}

/**
 * Plans what `fetchOne` would do, without using the network.
 *
 * @param from for an engine: the path of its file, if the user has it
 */
export async function planFetch(
  fetchable: Fetchable,
  env: Environment = process.env,
  from?: string,
): Promise<FetchPlan> {
  const { kind, name, entry } = fetchable;
  const home = homeFolder(env);
  const folder = downloadFolder(fetchable, home);
  const located = locateThis(fetchable, env);
  const files = await Promise.all(
    filesOf(fetchable).map(async (remote) => {
      const localFile = await (from === undefined ? findLocalFile(remote, folder, env) : findGivenFile(from));
      const partial = await stat(join(folder, `${remote.file}.partial`)).catch(() => undefined);
      const { file, bytes, gone = null } = remote;
      const unpacked = kind === "dataset" ? await unpackedFolder(folder, file) : undefined;
      if (unpacked) return { file, bytes, hereBytes: bytes ?? 0, gone };
      const size = bytes ?? localFile?.bytes ?? null;
      return { file, bytes: size, hereBytes: localFile?.bytes ?? partial?.size ?? 0, gone };
    }),
  );
  const here = located.path !== undefined;
  const bytesToFetch = here ? 0 : sum(files.map(({ bytes, hereBytes }) => Math.max(0, (bytes ?? 0) - hereBytes)));
  const unpacked = here ? 0 : unpackedBytes(fetchable, sum(files.map(({ bytes }) => bytes ?? 0)));
  return {
    name,
    kind,
    title: entry.title,
    licence: entry.licence,
    downloads: folder,
    path: located.path ?? folderOf(fetchable, home),
    here,
    ...(located.misplaced ? { misplaced: located.misplaced.reason } : {}),
    ...(fetchable.kind === "engine" ? describeWheel(fetchable.entry) : {}),
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
  /** True if nothing had to be fetched. */
  readonly already: boolean;
  /** For a dataset: counts that differ from the expected ones. */
  readonly surprises: readonly string[];
}

export interface FetchOptions {
  readonly env?: Environment;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
  /** For an engine: the path of its file, which is then not downloaded. */
  readonly from?: string | undefined;
}

/**
 * Fetches weights or an engine, or fetches and prepares a dataset. Files that are here already are used. The same call
 * continues where an earlier one stopped. Throws FetchError; for engines also ArchiveError, for datasets also
 * ArchiveError, MatError and DataError.
 */
export async function fetchOne(
  fetchable: Fetchable,
  { env = process.env, listener = {}, signal, from }: FetchOptions = {},
): Promise<Fetched> {
  const { kind, name, entry } = fetchable;
  if (fetchable.kind === "engine") {
    const { path, already } = await fetchEngine(fetchable.entry, { env, listener, signal, from });
    return { name, kind, path, already, surprises: [] };
  }
  const located = locateThis(fetchable, env);
  if (located.path !== undefined && (kind === "dataset" || located.from === "hub cache"))
    return { name, kind, path: located.path, already: true, surprises: [] };
  const home = homeFolder(env);
  const folder = downloadFolder(fetchable, home);
  if (located.path === undefined) listener.note?.(`${entry.title}: ${entry.licence}`);
  if (located.misplaced) listener.note?.(`${located.misplaced.reason}; it is fetched again`);
  makeFolders(folder);
  removeLeftovers(folder);
  const stop = signal ? { signal } : {};
  const onNote = (text: string) => listener.note?.(text);
  let downloaded = false;
  for (const file of filesOf(fetchable)) {
    if (kind === "dataset" && (await unpackedFolder(folder, file.file)) !== undefined) {
      onNote(`${file.file}: uses the folder of that name in ${folder} instead, unchecked`);
      continue;
    }
    listener.stage?.("fetch", `${file.file}${file.bytes === null ? "" : `, ${formatBytes(file.bytes)}`}`);
    const fetched = await fetchFile(file, folder, {
      env,
      ...stop,
      onNote,
      onProgress: (done, total) => listener.progress?.(Math.floor(done / 1e6), Math.ceil((total ?? done) / 1e6), "MB"),
    });
    // All files of the weights must be in one folder, and the hub's cache may lack some: its files are copied.
    if (fetched.how === "hub cache") await replaceFileWithCopy(join(folder, file.file), fetched.path);
    downloaded ||= fetched.how !== "was here";
  }
  if (fetchable.kind === "weights")
    return { name, kind, path: locateThis(fetchable, env).path!, already: !downloaded, surprises: [] };

  const destination = folderOf(fetchable, home);
  makeFolders(dirname(destination));
  const lock = await tryLock(`${destination}.lock`);
  if (typeof lock === "string")
    throw new FetchError(
      "interrupted",
      `${destination}: process ${lock} is fetching it already; wait for it, or stop it`,
    );
  try {
    // Another process may have prepared it meanwhile.
    if (locateThis(fetchable, env).path !== undefined)
      return { name, kind, path: destination, already: true, surprises: [] };
    let step = "";
    const source = async (file: string) => (await unpackedFolder(folder, file)) ?? join(folder, file);
    const { surprises } = await prepareDataset(fetchable.entry, source, destination, {
      ...stop,
      onNote,
      onProgress(newStep, done, total) {
        if (newStep !== step) listener.stage?.(newStep === "unpacking" ? "unpack" : "sort", fetchable.entry.title);
        step = newStep;
        listener.progress?.(done, total ?? fetchable.entry.images, "images");
      },
    });
    return { name, kind, path: destination, already: false, surprises };
  } finally {
    await lock.release();
  }
}

function filesOf(fetchable: Fetchable): readonly RemoteFile[] {
  if (fetchable.kind === "weights") return fetchable.entry.files;
  if (fetchable.kind === "dataset") return neededDownloads(fetchable.entry);
  const wheel = wheelOf(fetchable.entry);
  return wheel ? [{ file: wheel.file, urls: [], bytes: wheel.bytes, md5: null, sha256: wheel.sha256 }] : [];
}

const wheelOf = ({ table }: EngineEntry) => table.wheels[thisPlatform()];

/** How an engine's wheel is downloaded, or why it cannot be. */
function describeWheel({ table }: EngineEntry): Pick<FetchPlan, "command" | "unavailable"> {
  const wheel = table.wheels[thisPlatform()];
  return wheel === undefined
    ? { unavailable: describeMissingWheel(table, thisPlatform()) }
    : { command: pipCommand(wheelRequest(table, wheel)) };
}

/** Bytes of the unpacked files. @param downloaded bytes of all downloads */
function unpackedBytes(fetchable: Fetchable, downloaded: number): number {
  if (fetchable.kind === "engine") return wheelOf(fetchable.entry)?.unpackedBytes ?? 0;
  return fetchable.kind === "dataset" ? downloaded : 0;
}

async function findGivenFile(path: string): Promise<{ readonly bytes: number } | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? { bytes: found.size } : undefined;
}

/** Weights are downloaded to their final folder, archives to a folder apart from the image folders made from them. */
const downloadFolder = (fetchable: Fetchable, home: string): string =>
  fetchable.kind === "weights" ? folderOf(fetchable, home) : join(home, "downloads", fetchable.name);

/** The path of a folder with the content of `file`, if the user unpacked that archive in `folder`. */
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
