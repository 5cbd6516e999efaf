// Makes one attempt at a download: requests the missing part, checks the response and receives the body.

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { FetchError } from "./fetch-error.ts";
import { displayUrl, formatBytes } from "./format.ts";
import type { Expected, PartialFile } from "./partial-file.ts";
import { proxyStatus } from "./proxy-status.ts";
import { discard, get, header, type RequestOptions, type Response } from "./request.ts";
import { describeWebPage } from "./web-page.ts";

/** An error that may be transient: another attempt can succeed. */
export class TransientError extends Error {
  /** The pause that the server requests. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: ErrorOptions & { retryAfterSeconds?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface ReceiveOptions extends Expected, Omit<RequestOptions, "headers"> {
  readonly stallSeconds: number;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly onNote?: (text: string) => void;
}

/** A connection that is slower than this counts as stalled. */
const minBytesPerSecond = 100;

/**
 * Completes `partial`. Throws TransientError if another attempt may succeed, FetchError if not; the received bytes
 * stay in `partial` in both cases.
 */
export async function receive(url: string, partial: PartialFile, options: ReceiveOptions): Promise<void> {
  const range = rangeOf(url, partial, options);
  if (partial.size > 0 && range === undefined) {
    options.onNote?.(`${displayUrl(url)}: the ${formatBytes(partial.size)} kept may be of another file; starting over`);
    await partial.empty();
  }
  let response: Response;
  try {
    response = await get(url, { ...options, headers: range ?? {} });
  } catch (error) {
    throw error instanceof FetchError ? error : noResponseError(url, error);
  }
  try {
    if (response.status === 416 && range !== undefined) return await handleUnsatisfiable(response, partial);
    if (response.status !== 200 && response.status !== 206) throw refusalError(url, response);
    const total = await prepare(url, response, partial, options);
    await receiveBody(url, response, partial, total, options);
  } finally {
    discard(response.body);
  }
}

/** The headers of a request for the missing part; undefined for a request of the whole file. */
function rangeOf(url: string, { size, origin }: PartialFile, { md5, sha256 }: Expected) {
  if (size === 0) return undefined;
  const range = `bytes=${size}-`;
  if (origin?.url === url && origin.validator !== undefined) return { range, "if-range": origin.validator };
  // The part is from another address, or from a server without validators: only a checksum of the file can verify it.
  return md5 !== undefined || sha256 !== undefined ? { range } : undefined;
}

/** Handles status 416: the file has no bytes after the kept part. That part is the whole file or of another file. */
async function handleUnsatisfiable({ headers }: Response, partial: PartialFile): Promise<void> {
  const total = /^bytes \*\/(\d+)$/.exec(header(headers, "content-range") ?? "")?.[1];
  if (total !== undefined && Number(total) === partial.size) return;
  await partial.empty();
  throw new TransientError("the kept part is longer than the file; starting over", { retryAfterSeconds: 0 });
}

/** A refusing proxy is a final error; any other reason for a missing response may be transient. */
function noResponseError(url: string, cause: unknown): Error {
  const status = proxyStatus(cause);
  if (status === undefined) return new TransientError(reasonOf(cause), { cause });
  if (isTransient(status)) return new TransientError(`the proxy answers ${status}`, { cause });
  const advice =
    status === 407
      ? "give it a name and a password, as in HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"
      : "ask its administrator, or list hosts that need no proxy in NO_PROXY";
  return new FetchError("refused", `${displayUrl(url)}: the proxy answers ${status}: ${advice}`, { cause });
}

const isTransient = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

function refusalError(url: string, { status, headers }: Response): Error {
  const where = displayUrl(url);
  if (status === 404 || status === 410)
    return new FetchError("not-found", `${where}: there is no such file (${status})`);
  if (isTransient(status))
    return new TransientError(`the server answers ${status}`, {
      retryAfterSeconds: retryAfter(header(headers, "retry-after")),
    });
  const advice =
    status === 401 || status === 403 ? ": it needs an account or a token, or is not available from this network" : "";
  return new FetchError("refused", `${where}: the server answers ${status}${advice}`);
}

/** The header is a number of seconds or a date (RFC 9110, 10.2.3). Returns seconds. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1e3;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Checks the headers of a 200 or 206 and prepares `partial`. Returns the size of the whole file if it is known. */
async function prepare(
  url: string,
  response: Response,
  partial: PartialFile,
  { bytes, onNote }: ReceiveOptions,
): Promise<number | undefined> {
  const { status, headers } = response;
  const length = /^\d+$/.test(header(headers, "content-length") ?? "")
    ? Number(header(headers, "content-length"))
    : undefined;
  let total = encodingOf(response) === undefined ? length : undefined;
  if (status === 206) {
    const [, from, of] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header(headers, "content-range") ?? "") ?? [];
    if (Number(from) !== partial.size || encodingOf(response) !== undefined) {
      await partial.empty();
      throw new TransientError(`the server sends another range (${header(headers, "content-range")}) than requested`);
    }
    total = of === undefined || of === "*" ? undefined : Number(of);
  }
  if (bytes !== undefined && total !== undefined && total !== bytes) throw await sizeError(url, response, total, bytes);
  if (status === 200) {
    if (partial.size > 0)
      onNote?.(`${displayUrl(url)}: the file has changed, or its server cannot resume; starting over`);
    const validator = encodingOf(response) === undefined ? validatorOf(response) : undefined;
    const sha256 = linkedSha256(response);
    await partial.restart({
      url,
      ...(validator ? { validator } : {}),
      ...(total === undefined ? {} : { bytes: total }),
      ...(sha256 ? { sha256 } : {}),
    });
  }
  await checkDiskSpace(partial, (bytes ?? total ?? 0) - partial.size);
  return bytes ?? total;
}

/** The error for a response with a wrong size. Often the server sends a web page instead of the file. */
async function sizeError(url: string, response: Response, total: number, wanted: number): Promise<FetchError> {
  let page: string | undefined;
  try {
    for await (const firstChunk of response.body) {
      page = describeWebPage(firstChunk, header(response.headers, "content-type"));
      break;
    }
  } catch {} // the size is wrong in any case
  if (page) return new FetchError("not-the-file", `${displayUrl(url)}: received ${page} instead of the file`);
  return new FetchError(
    "wrong-size",
    `${displayUrl(url)}: the server has ${total} bytes, wanted ${wanted}: it is another file`,
  );
}

/** The Hugging Face hub reports the SHA-256 of a large file in the redirect to its storage. */
function linkedSha256({ redirectHeaders, headers }: Response): string | undefined {
  const tag = header(redirectHeaders[0] ?? headers, "x-linked-etag")?.replaceAll('"', "");
  return tag !== undefined && /^[0-9a-f]{64}$/.test(tag) ? tag : undefined;
}

/** A value for `If-Range`: a strong ETag, or the date of the last change. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = header(headers, "etag");
  if (tag?.startsWith('"')) return tag;
  return tag === undefined ? header(headers, "last-modified") : undefined;
}

/**
 * The content encoding that must be decoded. Apache labels an unencoded .tgz "x-gzip": its bytes are those of the file.
 */
function encodingOf({ headers, url }: Response): string | undefined {
  const encoding = header(headers, "content-encoding")?.toLowerCase();
  if (encoding === undefined || encoding === "identity") return undefined;
  if (/gzip$/.test(encoding) && /\.(t?gz)$/i.test(new URL(url).pathname)) return undefined;
  return encoding;
}

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function receiveBody(
  url: string,
  response: Response,
  partial: PartialFile,
  total: number | undefined,
  { stallSeconds, onProgress }: ReceiveOptions,
): Promise<void> {
  const rate = watchRate(response.body, stallSeconds);
  let isFirstChunk = partial.size === 0;
  try {
    for await (const chunk of decodeBody(url, response)) {
      rate.add(chunk.length);
      const page = isFirstChunk ? describeWebPage(chunk, header(response.headers, "content-type")) : undefined;
      if (page) {
        await partial.empty();
        throw new FetchError("not-the-file", `${displayUrl(url)}: received ${page} instead of the file`);
      }
      isFirstChunk = false;
      await partial.append(chunk);
      if (total !== undefined && partial.size > total) {
        await partial.empty();
        throw new FetchError(
          "wrong-size",
          `${displayUrl(url)}: received more than the wanted ${total} bytes: it is another file`,
        );
      }
      onProgress?.(partial.size, total);
    }
  } catch (error) {
    if (error instanceof FetchError || isDiskError(error)) throw error;
    throw new TransientError(rate.isStalled() ? `almost no data for ${stallSeconds} s` : reasonOf(error), {
      cause: error,
    });
  } finally {
    rate.stop();
  }
  const wanted = partial.origin?.bytes;
  if (wanted !== undefined && partial.size < wanted)
    throw new TransientError(`the server announced ${wanted} bytes and sent ${partial.size}`);
}

function decodeBody(url: string, response: Response): AsyncIterable<Buffer> {
  const encoding = encodingOf(response);
  if (encoding === undefined) return response.body;
  const decoder = decoders[encoding]?.();
  if (decoder === undefined)
    throw new FetchError(
      "refused",
      `${displayUrl(url)}: sent with content-encoding "${encoding}", which was not requested`,
    );
  response.body.on("error", (error) => decoder.destroy(error));
  return response.body.pipe(decoder);
}

/** Aborts a body that arrives too slowly. */
function watchRate(body: Readable, seconds: number) {
  let received = 0;
  let stalled = false;
  const timer = setInterval(() => {
    if (received < minBytesPerSecond * seconds) {
      stalled = true;
      body.destroy(new Error("stalled"));
    }
    received = 0;
  }, 1e3 * seconds);
  return {
    add(bytes: number) {
      received += bytes;
    },
    isStalled: () => stalled,
    stop: () => clearInterval(timer),
  };
}

async function checkDiskSpace({ path }: PartialFile, wanted: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= wanted) return;
  throw new FetchError(
    "disk-full",
    `${path}: ${formatBytes(wanted)} are still to download and ${formatBytes(bavail * bsize)} are free on that disk; ` +
      "free some space, or choose another folder",
  );
}

const isDiskError = (error: unknown) => /^(ENOSPC|EDQUOT|EFBIG|EIO|EACCES|EPERM|EROFS)$/.test(codeOf(error) ?? "");
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** A short description of a connection error. */
function reasonOf(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const descriptions: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "the connection was closed",
    UND_ERR_SOCKET: "the connection was closed",
    UND_ERR_ABORTED: "the connection was closed",
    UND_ERR_CONNECT_TIMEOUT: "timeout while connecting",
    UND_ERR_HEADERS_TIMEOUT: "timeout while waiting for a response",
    UND_ERR_BODY_TIMEOUT: "timeout while receiving",
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "another length than announced",
    ENOTFOUND: "unknown host",
    EAI_AGAIN: "the name of the host cannot be resolved now",
  };
  return descriptions[codeOf(cause) ?? ""] ?? descriptions[codeOf(error) ?? ""] ?? (error as Error).message;
}
