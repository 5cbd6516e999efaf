import { createReadStream } from "node:fs";

/** A file's bytes from its beginning, up to `end` (included); an abort ends it with an error. */
export const readThrough = (
  path: string,
  { end, signal }: { readonly end?: number; readonly signal: AbortSignal | undefined },
): AsyncIterable<Buffer> =>
  createReadStream(path, {
    highWaterMark: 1 << 20,
    ...(end === undefined ? {} : { end }),
    ...(signal ? { signal } : {}),
  });
