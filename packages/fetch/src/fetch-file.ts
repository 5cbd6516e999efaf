// Provides a file of a catalogue: from the target folder, from the Hugging Face cache, or by downloading it.

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkMark, type Environment, isChecked, noteChecked } from "@dit-bench/files";
import { type DownloadOptions, download, type RetryPolicy } from "./download.ts";
import { FetchError } from "./fetch-error.ts";
import { formatBytes } from "./format.ts";
import { findInHubCache, type HubFile, hubEndpoint, hubToken, hubUrl, offlineVariable } from "./hub.ts";
import { readStream } from "./read-stream.ts";

/** The entry of a file in a catalogue; null for unknown values. */
export interface RemoteFile {
  readonly file: string;
  readonly urls: readonly string[];
  readonly hub?: HubFile | null;
  readonly bytes: number | null;
  readonly md5: string | null;
  readonly sha256: string | null;
  /** Why the addresses probably no longer work. */
  readonly gone?: string | null;
}

export interface FetchedFile {
  /** Path in the given folder or in the Hugging Face cache. */
  readonly path: string;
  readonly how: "was here" | "hub cache" | "fetched";
  readonly bytes: number;
}

export type FetchFileOptions = Pick<DownloadOptions, "signal" | "onProgress" | "onNote" | "env"> & {
  readonly retry?: Partial<RetryPolicy>;
};

/** Finds the file in `folder` or in the Hugging Face cache. Checks its size, not its checksum. */
export async function findLocalFile(
  file: RemoteFile,
  folder: string,
  env: Environment = process.env,
): Promise<FetchedFile | undefined> {
  for (const [path, how] of [
    [join(folder, file.file), "was here"],
    [file.hub ? findInHubCache(file.hub, env) : undefined, "hub cache"],
  ] as const) {
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (found?.isFile() && (file.bytes === null || found.size === file.bytes))
      return { path: path!, how, bytes: found.size };
  }
  return undefined;
}

/**
 * Provides `file`: downloads it to `folder` unless it is there or in the Hugging Face cache, which is never written to.
 * The checksum of a file that the user put into `folder` is checked. Throws FetchError; its message names the path at
 * which the user can put a file that cannot be fetched.
 */
export async function fetchFile(
  file: RemoteFile,
  folder: string,
  options: FetchFileOptions = {},
): Promise<FetchedFile> {
  const env = options.env ?? process.env;
  const expected = withoutNulls({ bytes: file.bytes, md5: file.md5, sha256: file.sha256 });
  const localFile = await findLocalFile(file, folder, env);
  if (localFile?.how === "was here") await checkFile(localFile.path, file, options);
  if (localFile) return localFile;
  const offlineName = offlineVariable(env);
  if (offlineName)
    throw new FetchError(
      "offline",
      `${file.file} is not here, and ${offlineName} forbids network access: unset it; ${manualAdvice(file, folder)}`,
    );
  const token = hubToken(env);
  try {
    const downloaded = await download(
      [...(file.hub ? [hubUrl(file.hub, env)] : []), ...file.urls],
      join(folder, file.file),
      {
        ...options,
        ...expected,
        ...(token ? { bearer: { origin: new URL(hubEndpoint(env)).origin, token } } : {}),
        ...(file.gone ? { retry: { attempts: 1, stallSeconds: 20, ...options.retry } } : {}),
      },
    );
    if (downloaded.sha256 !== undefined) noteChecked(downloaded.path);
    return { path: downloaded.path, how: "fetched", bytes: downloaded.bytes };
  } catch (error) {
    if (!(error instanceof FetchError) || ["interrupted", "disk-full", "environment"].includes(error.kind)) throw error;
    const reason = file.gone ? `${error.message} (known: ${file.gone})` : error.message;
    throw new FetchError(error.kind, `${reason}; ${manualAdvice(file, folder)}`, { cause: error });
  }
}

/** Advice for a file that cannot be fetched. */
function manualAdvice({ file, bytes, md5, sha256 }: RemoteFile, folder: string): string {
  const checksum = sha256 ? `, SHA-256 ${sha256}` : md5 ? `, MD5 ${md5}` : "";
  const size = bytes === null ? "" : ` (${formatBytes(bytes)}${checksum})`;
  return `if you have ${file}${size} from another source, put it at ${join(folder, file)}`;
}

const withoutNulls = <T extends Record<string, unknown>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null)) as { [K in keyof T]?: NonNullable<T[K]> };

/** Checks the checksum of a file unless a note beside it shows that it was checked. */
async function checkFile(
  path: string,
  { md5, sha256 }: RemoteFile,
  { onNote, signal }: FetchFileOptions,
): Promise<void> {
  const [name, wanted] = sha256 ? ["sha256", sha256] : ["md5", md5];
  if (wanted === null) return;
  const mark = checkMark(path);
  if (isChecked(path, mark)) return;
  onNote?.(`${path}: checking its ${name!.toUpperCase()}`);
  const hash = createHash(name!);
  try {
    for await (const chunk of readStream(path, { signal })) hash.update(chunk);
  } catch (error) {
    throw signal?.aborted ? new FetchError("interrupted", `${path}: stopped while its checksum was computed`) : error;
  }
  const found = hash.digest("hex");
  if (found !== wanted)
    throw new FetchError(
      "wrong-checksum",
      `${path}: its ${name!.toUpperCase()} is ${found}, wanted ${wanted}; it is damaged or another file: ` +
        "remove it and run the same command again",
    );
  noteChecked(path, mark);
}
