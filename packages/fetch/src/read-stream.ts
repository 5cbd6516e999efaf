// Reads a file from its beginning.

import { createReadStream } from "node:fs";

/** The bytes of a file up to `end` (inclusive). An abort of the signal throws. */
export const readStream = (
  path: string,
  { end, signal }: { readonly end?: number; readonly signal: AbortSignal | undefined },
): AsyncIterable<Buffer> =>
  createReadStream(path, {
    highWaterMark: 1 << 20,
    ...(end === undefined ? {} : { end }),
    ...(signal ? { signal } : {}),
  });
