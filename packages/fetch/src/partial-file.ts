// A download that is under way: FILE.partial holds what came, FILE.partial.json what file it is of.

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import { readThrough } from "./read-through.ts";

export interface Expected {
  readonly bytes?: number | undefined;
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
}

const origin = z.object({
  url: z.string(),
  /** What `If-Range` takes: a strong ETag or a date. Without one nothing says whether the file is still the same. */
  validator: z.string().optional(),
  bytes: z.number().optional(),
  /** As the server tells it. */
  sha256: z.string().optional(),
});

/** Which file the bytes are of. */
export type Origin = z.infer<typeof origin>;

export interface PartialFile {
  readonly path: string;
  /** Bytes that are there. */
  readonly size: number;
  /** Undefined where nothing is known of what is there. */
  readonly origin: Origin | undefined;
  append(chunk: Uint8Array): Promise<void>;
  /** Empties it, and notes what file will fill it. */
  restart(origin: Origin): Promise<void>;
  digests(): { readonly md5?: string; readonly sha256: string };
  /** Throws away what is there. */
  empty(): Promise<void>;
  /** Moves it to its final name. */
  finish(): Promise<void>;
  /** Leaves it as it is, to be gone on with; nothing stays of an empty one. */
  close(): Promise<void>;
}

/** Opens what an earlier download to `to` left, or an empty one. MD5, which takes longer than all else here, only where it is wanted. */
export async function openPartial(
  to: string,
  { md5, signal }: { readonly md5: boolean; readonly signal: AbortSignal | undefined },
): Promise<PartialFile> {
  const path = `${to}.partial`;
  const about = `${path}.json`;
  let known = await readOrigin(about);
  let size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size === 0) known = undefined;
  const newHashes = (): Hashes => ({ sha256: createHash("sha256"), ...(md5 ? { md5: createHash("md5") } : {}) });
  let hashes = newHashes();
  if (size > 0) for await (const chunk of readThrough(path, { end: size - 1, signal })) update(hashes, chunk);
  let file: FileHandle | undefined = await open(path, size > 0 ? "r+" : "w");

  const close = async () => {
    await file?.close();
    file = undefined;
  };
  const empty = async () => {
    if (size > 0) await file?.truncate(0);
    await rm(about, { force: true });
    size = 0;
    hashes = newHashes();
    known = undefined;
  };
  return {
    path,
    get size() {
      return size;
    },
    get origin() {
      return known;
    },
    async append(chunk) {
      for (let done = 0; done < chunk.length; )
        done += (await file!.write(chunk, done, chunk.length - done, size + done)).bytesWritten;
      size += chunk.length;
      update(hashes, chunk);
    },
    async restart(of) {
      await empty();
      known = of;
      await writeFile(about, `${JSON.stringify(of)}\n`);
    },
    digests: () => ({
      sha256: hashes.sha256.copy().digest("hex"),
      ...(hashes.md5 ? { md5: hashes.md5.copy().digest("hex") } : {}),
    }),
    async finish() {
      await file?.truncate(size); // a longer leftover of an interrupted write, if any
      await file?.sync();
      await close();
      await rename(path, to);
      await rm(about, { force: true });
    },
    empty,
    async close() {
      const wasOpen = file !== undefined;
      await close();
      if (!wasOpen || size > 0) return;
      await rm(path, { force: true });
      await rm(about, { force: true });
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
