// A file of a catalogue into a folder: from where it is already, or from one of its addresses.

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./cache-folder.ts";
import { checkMark, isChecked, noteChecked } from "./checked-note.ts";
import { type DownloadOptions, download, type Patience } from "./download.ts";
import { FetchError } from "./fetch-error.ts";
import { findInHubCache, type HubFile, hubEndpoint, hubToken, hubUrl, offline } from "./hub.ts";
import { readThrough } from "./read-through.ts";
import { shownBytes } from "./shown.ts";

/** What a catalogue says of a file; null where it is not known. */
export interface RemoteFile {
  readonly file: string;
  readonly urls: readonly string[];
  readonly hub?: HubFile | null;
  readonly bytes: number | null;
  readonly md5: string | null;
  readonly sha256: string | null;
  /** Why the addresses are not likely to work any more. */
  readonly gone?: string | null;
}

export interface Brought {
  /** In the folder given, or in the Hugging Face cache. */
  readonly path: string;
  readonly how: "was here" | "hub cache" | "fetched";
  readonly bytes: number;
}

export type BringOptions = Pick<DownloadOptions, "signal" | "onProgress" | "onNote" | "env"> & {
  readonly patience?: Partial<Patience>;
};

/** Is the file here already, in `folder` or in the hub's cache? Looks at its size alone. */
export async function findBrought(
  file: RemoteFile,
  folder: string,
  env: Environment = process.env,
): Promise<Brought | undefined> {
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
 * Brings `file` to `folder`. A file that somebody put there is checked before it is believed; the Hugging Face cache is read,
 * never written to. Throws FetchError, which says where to put a file that cannot be fetched.
 */
export async function bring(file: RemoteFile, folder: string, options: BringOptions = {}): Promise<Brought> {
  const env = options.env ?? process.env;
  const expected = known({ bytes: file.bytes, md5: file.md5, sha256: file.sha256 });
  const here = await findBrought(file, folder, env);
  if (here?.how === "was here") await check(here.path, file, options);
  if (here) return here;
  const forbidden = offline(env);
  if (forbidden)
    throw new FetchError(
      "offline",
      `${file.file} is not here, and ${forbidden} forbids the network: unset it, or, ${byHand(file, folder)}`,
    );
  const token = hubToken(env);
  try {
    const done = await download([...(file.hub ? [hubUrl(file.hub, env)] : []), ...file.urls], join(folder, file.file), {
      ...options,
      ...expected,
      ...(token ? { bearer: { origin: new URL(hubEndpoint(env)).origin, token } } : {}),
      ...(file.gone ? { patience: { attempts: 1, stallSeconds: 20, ...options.patience } } : {}),
    });
    if (done.sha256 !== undefined) noteChecked(done.path);
    return { path: done.path, how: "fetched", bytes: done.bytes };
  } catch (error) {
    if (!(error instanceof FetchError) || ["interrupted", "disk-full", "environment"].includes(error.kind)) throw error;
    const why = file.gone ? `${error.message} (known: ${file.gone})` : error.message;
    throw new FetchError(error.kind, `${why}; ${byHand(file, folder)}`, { cause: error });
  }
}

/** What to do for a file that cannot be fetched. */
function byHand({ file, bytes, md5, sha256 }: RemoteFile, folder: string): string {
  const sum = sha256 ? `, SHA-256 ${sha256}` : md5 ? `, MD5 ${md5}` : "";
  const size = bytes === null ? "" : ` (${shownBytes(bytes)}${sum})`;
  return `where you have ${file}${size} from elsewhere, put it at ${join(folder, file)}`;
}

const known = <T extends Record<string, unknown>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null)) as { [K in keyof T]?: NonNullable<T[K]> };

/** Checks a file once; a note beside it, with its time and size, saves hashing it again. */
async function check(path: string, { md5, sha256 }: RemoteFile, { onNote, signal }: BringOptions): Promise<void> {
  const [name, wanted] = sha256 ? ["sha256", sha256] : ["md5", md5];
  if (wanted === null) return;
  const mark = checkMark(path);
  if (isChecked(path, mark)) return;
  onNote?.(`${path}: checking its ${name!.toUpperCase()}`);
  const hash = createHash(name!);
  try {
    for await (const chunk of readThrough(path, { signal })) hash.update(chunk);
  } catch (error) {
    throw signal?.aborted ? new FetchError("interrupted", `${path}: stopped while it was checked`) : error;
  }
  const found = hash.digest("hex");
  if (found !== wanted)
    throw new FetchError(
      "wrong-checksum",
      `${path}: its ${name!.toUpperCase()} is ${found}, wanted ${wanted}; it is damaged or another file: remove it and run the same command again`,
    );
  noteChecked(path, mark);
}
