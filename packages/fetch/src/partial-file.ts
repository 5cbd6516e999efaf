// A download in progress: FILE.partial holds the received part, FILE.partial.json describes the file on the server.

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import { readStream } from "./read-stream.ts";

export interface Expected {
  readonly bytes?: number | undefined;
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
}

const origin = z.object({
  url: z.string(),
  /** A value for `If-Range`: a strong ETag or a date. Without it a changed file cannot be recognised. */
  validator: z.string().optional(),
  bytes: z.number().optional(),
  /** The SHA-256 that the server reports. */
  sha256: z.string().optional(),
});

/** The file on the server that the bytes come from. */
export type Origin = z.infer<typeof origin>;

export interface PartialFile {
  readonly path: string;
  /** Bytes received so far. */
  readonly size: number;
  /** Undefined if the origin of the bytes is unknown. */
  readonly origin: Origin | undefined;
  append(chunk: Uint8Array): Promise<void>;
  /** Empties the partial file and records the origin of the new bytes. */
  restart(origin: Origin): Promise<void>;
  digests(): { readonly md5?: string; readonly sha256: string };
  /** Discards the bytes. */
  empty(): Promise<void>;
  /** Flushes the partial file and renames it to its final name. */
  finish(): Promise<void>;
  /** Closes the partial file, so that a later download can resume; an empty one is removed. */
  close(): Promise<void>;
}

/**
 * Opens the part that an earlier download to `to` left, or an empty one.
 *
 * @param md5 whether to compute the MD5, which takes longer than the rest of the download
 */
export async function openPartial(
  to: string,
  { md5, signal }: { readonly md5: boolean; readonly signal: AbortSignal | undefined },
): Promise<PartialFile> {
  const path = `${to}.partial`;
  const originPath = `${path}.json`;
  let knownOrigin = await readOrigin(originPath);
  let size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size === 0) knownOrigin = undefined;
  const newHashes = (): Hashes => ({ sha256: createHash("sha256"), ...(md5 ? { md5: createHash("md5") } : {}) });
  let hashes = newHashes();
  if (size > 0) for await (const chunk of readStream(path, { end: size - 1, signal })) update(hashes, chunk);
  let file: FileHandle | undefined = await open(path, size > 0 ? "r+" : "w");

  const close = async () => {
    await file?.close();
    file = undefined;
  };
  const empty = async () => {
    if (size > 0) await file?.truncate(0);
    await rm(originPath, { force: true });
    size = 0;
    hashes = newHashes();
    knownOrigin = undefined;
  };
  return {
    path,
    get size() {
      return size;
    },
    get origin() {
      return knownOrigin;
    },
    async append(chunk) {
      for (let done = 0; done < chunk.length; )
        done += (await file!.write(chunk, done, chunk.length - done, size + done)).bytesWritten;
      size += chunk.length;
      update(hashes, chunk);
    },
    async restart(of) {
      await empty();
      knownOrigin = of;
      await writeFile(originPath, `${JSON.stringify(of)}\n`);
    },
    digests: () => ({
      sha256: hashes.sha256.copy().digest("hex"),
      ...(hashes.md5 ? { md5: hashes.md5.copy().digest("hex") } : {}),
    }),
    async finish() {
      await file?.truncate(size); // an interrupted write may have left more
      await file?.sync();
      await close();
      await rename(path, to);
      await rm(originPath, { force: true });
    },
    empty,
    async close() {
      const wasOpen = file !== undefined;
      await close();
      if (!wasOpen || size > 0) return;
      await rm(path, { force: true });
      await rm(originPath, { force: true });
    },
  };
}

interface Hashes {
  readonly md5?: Hash;
  readonly sha256: Hash;
}

function update({ md5, sha256 }: Hashes, chunk: Uint8Array): void {
  md5?.update(chunk);
  sha256.update(chunk);
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    return origin.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}
