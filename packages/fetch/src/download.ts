// Downloads one file from the first of several addresses that works. It retries, resumes, and checks size and checksum.

import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, makeFolders, tryLock } from "@dit-bench/files";
import { describeDiskFull } from "./disk-full.ts";
import { FetchError } from "./fetch-error.ts";
import { displayUrl, formatBytes } from "./format.ts";
import { type Expected, openPartial, type PartialFile } from "./partial-file.ts";
import { receive, TransientError } from "./receive.ts";
import type { RequestOptions } from "./request.ts";
import { type Transport, transport } from "./transport.ts";

export interface DownloadOptions extends Expected {
  /** A secret that is sent to one origin only. */
  readonly bearer?: RequestOptions["bearer"];
  /** Stops the download; the received part is kept. */
  readonly signal?: AbortSignal;
  /** `total` is undefined if the server does not announce it. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** Called with messages for the user: a pause, a restart, another address. */
  readonly onNote?: (text: string) => void;
  readonly env?: Environment;
  readonly retry?: Partial<RetryPolicy>;
}

export interface RetryPolicy {
  /** Limit on consecutive attempts at one address that make no progress. */
  readonly attempts: number;
  /** Pause before the second attempt; it doubles with each further attempt, up to a minute. */
  readonly pauseSeconds: number;
  /** A connection is closed after this time without data, or below 100 bytes per second. */
  readonly stallSeconds: number;
  /** Longest pause that a server may request; for a longer one the download fails with that message. */
  readonly maxPauseSeconds: number;
}

const defaultRetryPolicy: RetryPolicy = { attempts: 6, pauseSeconds: 1, stallSeconds: 60, maxPauseSeconds: 300 };

export interface DownloadResult {
  readonly path: string;
  readonly bytes: number;
  /**
   * Undefined if the file existed before. It is not hashed again: files are checked before they get their final name.
   */
  readonly sha256: string | undefined;
  readonly already: boolean;
}

/**
 * Downloads a file to `to`, trying `urls` in order. The received part is kept in `to.partial`; an interrupted or
 * failed download resumes from it. `to` appears when the file is complete and its size and checksum are correct. Throws
 * FetchError.
 */
export async function download(
  urls: readonly string[],
  to: string,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  const existing = await stat(to).catch(() => undefined);
  if (existing?.isFile()) {
    if (options.bytes === undefined || existing.size === options.bytes)
      return { path: to, bytes: existing.size, sha256: undefined, already: true };
    options.onNote?.(`${to} has ${existing.size} bytes, wanted ${options.bytes}: downloading it again`);
  }
  makeFolders(dirname(to));
  const lock = await tryLock(`${to}.lock`);
  if (typeof lock === "string")
    throw new FetchError("interrupted", `${to}: process ${lock} is fetching it already; wait for it, or stop it`);
  const retry = { ...defaultRetryPolicy, ...options.retry };
  let connections: Transport | undefined;
  try {
    connections = await transport(options.env ?? process.env, retry.stallSeconds);
    const md5 = options.md5 !== undefined && options.sha256 === undefined;
    const partial = await openPartial(to, { md5, signal: options.signal });
    try {
      return await downloadFromAny(urls, to, partial, connections, retry, options);
    } finally {
      await partial.close();
    }
  } catch (error) {
    throw options.signal?.aborted && !(error instanceof FetchError) ? stoppedError(to) : describeDiskFull(error, to);
  } finally {
    await connections?.close();
    await lock.release();
  }
}

async function downloadFromAny(
  urls: readonly string[],
  to: string,
  partial: PartialFile,
  connections: Transport,
  retry: RetryPolicy,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const finish = async (): Promise<DownloadResult> => {
    const { sha256 } = partial.digests();
    const bytes = partial.size;
    await partial.finish();
    return { path: to, bytes, sha256, already: false };
  };
  const hasChecksum = options.md5 !== undefined || options.sha256 !== undefined;
  if (hasChecksum && partial.size > 0 && urls[0] !== undefined && findProblem(urls[0], partial, options) === undefined)
    return await finish(); // the previous download was stopped after its last byte
  const failures: FetchError[] = [];
  for (const url of urls) {
    try {
      await downloadFrom(url, partial, connections, retry, options);
      return await finish();
    } catch (error) {
      if (!(error instanceof FetchError) || error.kind === "interrupted" || error.kind === "disk-full") throw error;
      failures.push(error);
      if (failures.length < urls.length) options.onNote?.(`${error.message}; trying the next address`);
    }
  }
  const [firstFailure] = failures;
  if (failures.length === 1) throw firstFailure;
  const kind = failures.find((f) => f.kind === "unreachable")?.kind ?? failures.at(-1)?.kind ?? "not-found";
  throw new FetchError(
    kind,
    `${basename(to)}: none of ${urls.length} addresses worked: ${failures.map((f) => f.message).join("; ")}`,
  );
}

/** Tries one address until the file is complete and correct. */
async function downloadFrom(
  url: string,
  partial: PartialFile,
  connections: Transport,
  retry: RetryPolicy,
  options: DownloadOptions,
): Promise<void> {
  const { stallSeconds, attempts, pauseSeconds, maxPauseSeconds } = retry;
  let attemptsWithoutProgress = 0;
  let hasKeptPart = partial.size > 0;
  for (;;) {
    const sizeBefore = partial.size;
    try {
      await receive(url, partial, { ...options, transport: connections.dispatcherFor, stallSeconds });
      const problem = findProblem(url, partial, options);
      if (problem === undefined) return;
      await partial.empty();
      if (!hasKeptPart) throw problem;
      hasKeptPart = false; // start over once only: the kept part may be damaged or belong to another file
      options.onNote?.(`${problem.message}: the kept part is discarded; starting over`);
    } catch (error) {
      if (options.signal?.aborted) throw interruptedError(partial);
      if (!(error instanceof TransientError)) throw error;
      attemptsWithoutProgress =
        partial.size - sizeBefore >= minProgressBytes(partial) ? 0 : attemptsWithoutProgress + 1;
      const { message, retryAfterSeconds } = error;
      const unreachableError = (why: string) =>
        new FetchError("unreachable", `${displayUrl(url)}: ${message}${why}; ${describeKept(partial)}`, {
          cause: error,
        });
      if (retryAfterSeconds !== undefined && retryAfterSeconds > maxPauseSeconds)
        throw unreachableError(`, and asks to retry after ${Math.ceil(retryAfterSeconds)} s`);
      if (attemptsWithoutProgress >= attempts) throw unreachableError(`, ${attemptsWithoutProgress} times in a row`);
      const pause = retryAfterSeconds ?? Math.min(60, pauseSeconds * 2 ** Math.max(0, attemptsWithoutProgress - 1));
      options.onNote?.(`${displayUrl(url)}: ${message}; retrying in ${Number(pause.toPrecision(2))} s`);
      await sleep(1e3 * pause, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {});
      if (options.signal?.aborted) throw interruptedError(partial);
    }
  }
}

/** An attempt counts as progress if it receives this number of bytes. A server could send one byte at a time. */
const minProgressBytes = ({ origin }: PartialFile) =>
  Math.max(1, Math.min(65_536, Math.floor((origin?.bytes ?? 65_536) / 100)));

/** Checks the size and checksum of a complete file. */
function findProblem(url: string, partial: PartialFile, { bytes, md5, ...expected }: Expected): FetchError | undefined {
  const where = displayUrl(url);
  const sha256 = expected.sha256 ?? partial.origin?.sha256;
  if (bytes !== undefined && partial.size !== bytes)
    return new FetchError("wrong-size", `${where}: ${partial.size} bytes received, wanted ${bytes}`);
  const found = partial.digests();
  const [name, wanted, actual] = sha256 ? ["SHA-256", sha256, found.sha256] : ["MD5", md5, found.md5];
  if (wanted === undefined || wanted === actual) return undefined;
  return new FetchError("wrong-checksum", `${where}: its ${name} is ${actual}, wanted ${wanted}`);
}

const describeKept = ({ size, path }: PartialFile): string =>
  size > 0 ? `${formatBytes(size)} are kept in ${path}; the same command resumes there` : "nothing was received";

const stoppedError = (to: string): FetchError =>
  new FetchError("interrupted", `${basename(to)}: stopped; the same command resumes there`);

const interruptedError = (partial: PartialFile): FetchError =>
  new FetchError("interrupted", `${basename(partial.path, ".partial")}: stopped; ${describeKept(partial)}`);
