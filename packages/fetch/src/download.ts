// One file from one of several addresses, to its last checked byte.

import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolders, tryLock } from "@dit-bench/files";
import type { Environment } from "./cache-folder.ts";
import { describedDiskFull } from "./disk-full.ts";
import { FetchError } from "./fetch-error.ts";
import { type Expected, openPartial, type PartialFile } from "./partial-file.ts";
import { PassingError, receive } from "./receive.ts";
import type { RequestOptions } from "./request.ts";
import { shownBytes, shownUrl } from "./shown.ts";
import { type Transport, transport } from "./transport.ts";

export interface DownloadOptions extends Expected {
  /** A secret for one origin alone. */
  readonly bearer?: RequestOptions["bearer"];
  /** Ends the download where it is; what came is kept. */
  readonly signal?: AbortSignal;
  /** `total` is undefined where the server does not say. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** What a person should know: a pause, a restart, another address. */
  readonly onNote?: (text: string) => void;
  readonly env?: Environment;
  readonly patience?: Partial<Patience>;
}

export interface Patience {
  /** Attempts at one address in a row that bring next to nothing. */
  readonly attempts: number;
  /** Before the second attempt; it doubles from then on, up to a minute. */
  readonly pauseSeconds: number;
  /** Without a byte, or below 100 bytes a second, a connection is given up after this long. */
  readonly stallSeconds: number;
  /** A server may ask for a pause as long as this; where it asks for more, that is said and no more tried. */
  readonly longestPauseSeconds: number;
}

const usual: Patience = { attempts: 6, pauseSeconds: 1, stallSeconds: 60, longestPauseSeconds: 300 };

export interface Downloaded {
  readonly path: string;
  readonly bytes: number;
  /** Undefined where the file was there before: it got its name only after its checks. */
  readonly sha256: string | undefined;
  readonly already: boolean;
}

/**
 * Fetches a file to `to`, trying `urls` in turn. What came is kept in `to.partial`, and an interrupted or failed download goes
 * on there; `to` appears when every byte is there and size and checksums are right. Throws FetchError.
 */
export async function download(
  urls: readonly string[],
  to: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const there = await stat(to).catch(() => undefined);
  if (there?.isFile()) {
    if (options.bytes === undefined || there.size === options.bytes)
      return { path: to, bytes: there.size, sha256: undefined, already: true };
    options.onNote?.(`${to} has ${there.size} bytes, wanted ${options.bytes}: fetching it again`);
  }
  makeFolders(dirname(to));
  const held = await tryLock(`${to}.lock`);
  if (typeof held === "string")
    throw new FetchError("interrupted", `${to}: process ${held} is fetching it already; wait for it, or stop it`);
  const patience = { ...usual, ...options.patience };
  let carrier: Transport | undefined;
  try {
    carrier = transport(options.env ?? process.env, patience.stallSeconds);
    const md5 = options.md5 !== undefined && options.sha256 === undefined;
    const partial = await openPartial(to, { md5, signal: options.signal });
    try {
      return await fromAny(urls, to, partial, carrier, patience, options);
    } finally {
      await partial.close();
    }
  } catch (error) {
    throw options.signal?.aborted && !(error instanceof FetchError) ? stopped(to) : describedDiskFull(error, to);
  } finally {
    await carrier?.end();
    await held.release();
  }
}

async function fromAny(
  urls: readonly string[],
  to: string,
  partial: PartialFile,
  carrier: Transport,
  patience: Patience,
  options: DownloadOptions,
): Promise<Downloaded> {
  const finish = async (): Promise<Downloaded> => {
    const { sha256 } = partial.digests();
    const bytes = partial.size;
    await partial.finish();
    return { path: to, bytes, sha256, already: false };
  };
  const checked = options.md5 !== undefined || options.sha256 !== undefined;
  if (checked && partial.size > 0 && urls[0] !== undefined && problemOf(urls[0], partial, options) === undefined)
    return await finish(); // stopped between its last byte and its name
  const failures: FetchError[] = [];
  for (const url of urls) {
    try {
      await fromOne(url, partial, carrier, patience, options);
      return await finish();
    } catch (error) {
      if (!(error instanceof FetchError) || error.kind === "interrupted" || error.kind === "disk-full") throw error;
      failures.push(error);
      if (failures.length < urls.length) options.onNote?.(`${error.message}; trying the next address`);
    }
  }
  const [only] = failures;
  if (failures.length === 1) throw only;
  const kind = failures.find((f) => f.kind === "unreachable")?.kind ?? failures.at(-1)?.kind ?? "not-found";
  throw new FetchError(
    kind,
    `${basename(to)}: none of ${urls.length} addresses gave it: ${failures.map((f) => f.message).join("; ")}`,
  );
}

/** All attempts at one address, up to a file that is whole and right. */
async function fromOne(
  url: string,
  partial: PartialFile,
  carrier: Transport,
  patience: Patience,
  options: DownloadOptions,
): Promise<void> {
  const { stallSeconds, attempts, pauseSeconds, longestPauseSeconds } = patience;
  let idle = 0;
  let kept = partial.size > 0;
  for (;;) {
    const before = partial.size;
    try {
      await receive(url, partial, { ...options, transport: carrier.to, stallSeconds });
      const wrong = problemOf(url, partial, options);
      if (wrong === undefined) return;
      await partial.empty();
      if (!kept) throw wrong;
      kept = false; // once: what was kept from before may have been damaged, or of another file
      options.onNote?.(`${wrong.message}: what was kept of it is thrown away, starting over`);
    } catch (error) {
      if (options.signal?.aborted) throw interrupted(partial);
      if (!(error instanceof PassingError)) throw error;
      idle = partial.size - before >= worthwhile(partial) ? 0 : idle + 1;
      const { message, afterSeconds } = error;
      const giveUp = (why: string) =>
        new FetchError("unreachable", `${shownUrl(url)}: ${message}${why}; ${keptOf(partial)}`, { cause: error });
      if (afterSeconds !== undefined && afterSeconds > longestPauseSeconds)
        throw giveUp(`, and asks to come back in ${Math.ceil(afterSeconds)} s`);
      if (idle >= attempts) throw giveUp(`, ${idle} times in a row`);
      const pause = afterSeconds ?? Math.min(60, pauseSeconds * 2 ** Math.max(0, idle - 1));
      options.onNote?.(`${shownUrl(url)}: ${message}; going on in ${Number(pause.toPrecision(2))} s`);
      await sleep(1e3 * pause, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {});
      if (options.signal?.aborted) throw interrupted(partial);
    }
  }
}

/** As many bytes as an attempt has to bring for the next ones to be free: a server that gives one at a time is no server. */
const worthwhile = ({ origin }: PartialFile) =>
  Math.max(1, Math.min(65_536, Math.floor((origin?.bytes ?? 65_536) / 100)));

/** What is wrong with a file that is there to its last byte. */
function problemOf(url: string, partial: PartialFile, { bytes, md5, ...expected }: Expected): FetchError | undefined {
  const where = shownUrl(url);
  const sha256 = expected.sha256 ?? partial.origin?.sha256;
  if (bytes !== undefined && partial.size !== bytes)
    return new FetchError("wrong-size", `${where}: ${partial.size} bytes came, wanted ${bytes}`);
  const found = partial.digests();
  const [name, wanted, has] = sha256 ? ["SHA-256", sha256, found.sha256] : ["MD5", md5, found.md5];
  if (wanted === undefined || wanted === has) return undefined;
  return new FetchError("wrong-checksum", `${where}: its ${name} is ${has}, wanted ${wanted}`);
}

const keptOf = ({ size, path }: PartialFile): string =>
  size > 0 ? `${shownBytes(size)} are kept in ${path}, the same command goes on there` : "nothing came";

const stopped = (to: string): FetchError =>
  new FetchError("interrupted", `${basename(to)}: stopped; the same command goes on there`);

const interrupted = (partial: PartialFile): FetchError =>
  new FetchError("interrupted", `${basename(partial.path, ".partial")}: stopped; ${keptOf(partial)}`);
