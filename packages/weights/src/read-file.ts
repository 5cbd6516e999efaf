// Reads ranges of a file on request; the file is not kept open between requests.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { CorruptFileError } from "./corrupt-file-error.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

/** The state of a file when it was first opened, so that a later read can recognise a change. */
export interface FileStamp {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly inode: number;
}

/** An open file. */
export interface ReadableFile extends FileStamp {
  /** Reads exactly these bytes into a new buffer. Throws CorruptFileError if the file ends first. */
  read(position: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Opens a file while `use` runs. */
export function withFile<T>(path: string, use: (file: ReadableFile) => T): T {
  if (!statSync(path).isFile()) throw new UnsupportedFileError(path, "not a regular file: wanted a file of weights");
  const file = openSync(path, "r");
  let result: T;
  try {
    result = use(readable(file, path));
  } catch (error) {
    closeSync(file);
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => closeSync(file)) as T;
  closeSync(file);
  return result;
}

/** Opens a file again. Throws CorruptFileError if it has changed since `stamp`. */
export function withSameFile<T>(stamp: FileStamp, use: (file: ReadableFile) => T): T {
  return withFile(stamp.path, (file) => {
    if (file.size !== stamp.size || file.modified !== stamp.modified || file.inode !== stamp.inode)
      throw new CorruptFileError(stamp.path, "the file has changed since it was opened; open it again");
    return use(file);
  });
}

function readable(file: number, path: string): ReadableFile {
  const { size, mtimeMs: modified, ino: inode } = fstatSync(file);
  return {
    path,
    size,
    modified,
    inode,
    read(position, length) {
      if (position + length > size)
        throw new CorruptFileError(path, `${length} bytes at ${position} in a file of ${size}: truncated`);
      const bytes = readAt(file, position, length);
      if (bytes.length < length)
        throw new CorruptFileError(
          path,
          `it became shorter than ${position + length} bytes while it was read; try again`,
        );
      return bytes;
    },
  };
}

export const stampOf = ({ path, size, modified, inode }: FileStamp): FileStamp => ({ path, size, modified, inode });

const maxCallBytes = 1 << 30; // one read takes at most 2^31 - 1 bytes

/** Up to `length` bytes from `position`, fewer if the file ends before. */
export function readAt(file: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const readCount = readSync(file, bytes, done, Math.min(maxCallBytes, length - done), position + done);
    if (readCount === 0) break;
    done += readCount;
  }
  return bytes.subarray(0, done);
}
