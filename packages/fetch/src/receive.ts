// One attempt: ask for what is missing, look hard at the answer, take the body.

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { FetchError } from "./fetch-error.ts";
import { pageInPlaceOfFile } from "./not-the-file.ts";
import type { Expected, PartialFile } from "./partial-file.ts";
import { proxyStatus } from "./proxy-status.ts";
import { discard, get, header, type RequestOptions, type Response } from "./request.ts";
import { shownBytes, shownUrl } from "./shown.ts";

/** Trouble that may pass: another attempt is worth while. */
export class PassingError extends Error {
  /** How long the server asks to be left alone. */
  readonly afterSeconds: number | undefined;

  constructor(message: string, options: ErrorOptions & { afterSeconds?: number | undefined } = {}) {
    super(message, options);
    this.afterSeconds = options.afterSeconds;
  }
}

export interface ReceiveOptions extends Expected, Omit<RequestOptions, "headers"> {
  readonly stallSeconds: number;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly onNote?: (text: string) => void;
}

/** Below this rate a connection counts as stalled. */
const leastBytesPerSecond = 100;

/**
 * Brings `partial` to its last byte. Throws PassingError where another attempt may help, FetchError where none will; what came
 * stays in `partial` either way.
 */
export async function receive(url: string, partial: PartialFile, options: ReceiveOptions): Promise<void> {
  const range = rangeOf(url, partial, options);
  if (partial.size > 0 && range === undefined) {
    options.onNote?.(
      `${shownUrl(url)}: nothing says that the ${shownBytes(partial.size)} kept are of this file; starting over`,
    );
    await partial.empty();
  }
  let response: Response;
  try {
    response = await get(url, { ...options, headers: range ?? {} });
  } catch (error) {
    throw error instanceof FetchError ? error : withoutAnswer(url, error);
  }
  try {
    if (response.status === 416 && range !== undefined) return await unsatisfiable(response, partial);
    if (response.status !== 200 && response.status !== 206) throw refusal(url, response);
    const total = await begin(url, response, partial, options);
    await take(url, response, partial, total, options);
  } finally {
    discard(response.body);
  }
}

/** The headers that ask for what is missing; undefined where all of it is wanted. */
function rangeOf(url: string, { size, origin }: PartialFile, { md5, sha256 }: Expected) {
  if (size === 0) return undefined;
  const range = `bytes=${size}-`;
  if (origin?.url === url && origin.validator !== undefined) return { range, "if-range": origin.validator };
  // From another address, or from a server that marks no version: only a checksum can tell afterwards.
  return md5 !== undefined || sha256 !== undefined ? { range } : undefined;
}

/** 416: there is nothing after what is kept. Either that is the whole file, or it is not of this file. */
async function unsatisfiable({ headers }: Response, partial: PartialFile): Promise<void> {
  const total = /^bytes \*\/(\d+)$/.exec(header(headers, "content-range") ?? "")?.[1];
  if (total !== undefined && Number(total) === partial.size) return;
  await partial.empty();
  throw new PassingError("what was kept is longer than the file; starting over", { afterSeconds: 0 });
}

/** A proxy that refuses will do so again; anything else that kept an answer from coming may pass. */
function withoutAnswer(url: string, cause: unknown): Error {
  const status = proxyStatus(cause);
  if (status === undefined) return new PassingError(reasonOf(cause), { cause });
  if (passes(status)) return new PassingError(`the proxy answers ${status}`, { cause });
  const how =
    status === 407
      ? "it wants a name and a password, as in HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"
      : "ask who runs it, or name hosts that are reached without it in NO_PROXY";
  return new FetchError("refused", `${shownUrl(url)}: the proxy answers ${status}: ${how}`, { cause });
}

const passes = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

function refusal(url: string, { status, headers }: Response): Error {
  const where = shownUrl(url);
  if (status === 404 || status === 410)
    return new FetchError("not-found", `${where}: there is no such file (${status})`);
  if (passes(status))
    return new PassingError(`the server answers ${status}`, {
      afterSeconds: retryAfter(header(headers, "retry-after")),
    });
  const how = status === 401 || status === 403 ? ": it needs an account or a token, or may not be had from here" : "";
  return new FetchError("refused", `${where}: the server answers ${status}${how}`);
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1e3;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Looks at the headers of a 200 or 206 and readies `partial`; returns how long the whole file is, where the server says. */
async function begin(
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
      throw new PassingError(`the server sends another range (${header(headers, "content-range")}) than was asked for`);
    }
    total = of === undefined || of === "*" ? undefined : Number(of);
  }
  if (bytes !== undefined && total !== undefined && total !== bytes) throw await mismatch(url, response, total, bytes);
  if (status === 200) {
    if (partial.size > 0)
      onNote?.(`${shownUrl(url)}: the file has changed, or its server cannot go on in the middle; starting over`);
    const validator = encodingOf(response) === undefined ? validatorOf(response) : undefined;
    const sha256 = linkedSha256(response);
    await partial.restart({
      url,
      ...(validator ? { validator } : {}),
      ...(total === undefined ? {} : { bytes: total }),
      ...(sha256 ? { sha256 } : {}),
    });
  }
  await refuseWithoutRoom(partial, (bytes ?? total ?? 0) - partial.size);
  return bytes ?? total;
}

/** A file of another length: often a page that stands where it was. */
async function mismatch(url: string, response: Response, total: number, wanted: number): Promise<FetchError> {
  let page: string | undefined;
  try {
    for await (const first of response.body) {
      page = pageInPlaceOfFile(first, header(response.headers, "content-type"));
      break;
    }
  } catch {} // the length is wrong whatever else is
  if (page) return new FetchError("not-the-file", `${shownUrl(url)}: ${page}, came in place of the file`);
  return new FetchError(
    "wrong-size",
    `${shownUrl(url)}: the server has ${total} bytes, wanted ${wanted}: it is another file`,
  );
}

/** The Hugging Face hub names the SHA-256 of a large file in the redirect to where it lies. */
function linkedSha256({ before, headers }: Response): string | undefined {
  const tag = header(before[0] ?? headers, "x-linked-etag")?.replaceAll('"', "");
  return tag !== undefined && /^[0-9a-f]{64}$/.test(tag) ? tag : undefined;
}

/** What `If-Range` may hold: a strong ETag, or a date of which the server vouches to the second. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = header(headers, "etag");
  if (tag?.startsWith('"')) return tag;
  return tag === undefined ? header(headers, "last-modified") : undefined;
}

/**
 * How the body is packed beside what the file itself is. Apache calls a .tgz that it sends as it is "x-gzip": its bytes are
 * the file's own.
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

async function take(
  url: string,
  response: Response,
  partial: PartialFile,
  total: number | undefined,
  { stallSeconds, onProgress }: ReceiveOptions,
): Promise<void> {
  const stop = watch(response.body, stallSeconds);
  let first = partial.size === 0;
  try {
    for await (const chunk of decoded(url, response)) {
      stop.heard(chunk.length);
      const page = first ? pageInPlaceOfFile(chunk, header(response.headers, "content-type")) : undefined;
      if (page) {
        await partial.empty();
        throw new FetchError("not-the-file", `${shownUrl(url)}: ${page}, came in place of the file`);
      }
      first = false;
      await partial.append(chunk);
      if (total !== undefined && partial.size > total) {
        await partial.empty();
        throw new FetchError(
          "wrong-size",
          `${shownUrl(url)}: more than the ${total} bytes wanted came: it is another file`,
        );
      }
      onProgress?.(partial.size, total);
    }
  } catch (error) {
    if (error instanceof FetchError || onDisk(error)) throw error;
    throw new PassingError(stop.stalled() ? `no more than a trickle for ${stallSeconds} s` : reasonOf(error), {
      cause: error,
    });
  } finally {
    stop.end();
  }
  const wanted = partial.origin?.bytes;
  if (wanted !== undefined && partial.size < wanted)
    throw new PassingError(`the server promised ${wanted} bytes and sent ${partial.size}`);
}

function decoded(url: string, response: Response): AsyncIterable<Buffer> {
  const encoding = encodingOf(response);
  if (encoding === undefined) return response.body;
  const decoder = decoders[encoding]?.();
  if (decoder === undefined)
    throw new FetchError(
      "refused",
      `${shownUrl(url)}: sent with content-encoding "${encoding}", which was not asked for`,
    );
  response.body.on("error", (error) => decoder.destroy(error));
  return response.body.pipe(decoder);
}

/** Ends a body that comes too slowly. */
function watch(body: Readable, seconds: number) {
  let heard = 0;
  let slow = false;
  const timer = setInterval(() => {
    if (heard < leastBytesPerSecond * seconds) {
      slow = true;
      body.destroy(new Error("stalled"));
    }
    heard = 0;
  }, 1e3 * seconds);
  return {
    heard(bytes: number) {
      heard += bytes;
    },
    stalled: () => slow,
    end: () => clearInterval(timer),
  };
}

async function refuseWithoutRoom({ path }: PartialFile, wanted: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= wanted) return;
  throw new FetchError(
    "disk-full",
    `${path}: ${shownBytes(wanted)} more are to come and ${shownBytes(bavail * bsize)} are free on that disk; make room, or choose another folder`,
  );
}

const onDisk = (error: unknown) => /^(ENOSPC|EDQUOT|EFBIG|EIO|EACCES|EPERM|EROFS)$/.test(codeOf(error) ?? "");
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** An error of the connection in a few words. */
function reasonOf(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const names: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nobody answers there",
    ECONNRESET: "the connection was cut",
    UND_ERR_SOCKET: "the connection was cut",
    UND_ERR_ABORTED: "the connection was cut",
    UND_ERR_CONNECT_TIMEOUT: "no connection in time",
    UND_ERR_HEADERS_TIMEOUT: "no answer in time",
    UND_ERR_BODY_TIMEOUT: "nothing more came in time",
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "another length than was promised",
    ENOTFOUND: "no such host",
    EAI_AGAIN: "the host's name cannot be looked up now",
  };
  return names[codeOf(cause) ?? ""] ?? names[codeOf(error) ?? ""] ?? (error as Error).message;
}
