// The message for a full disk.

import { FetchError } from "./fetch-error.ts";

/** A FetchError with advice for an error of a full disk; any other error is returned unchanged. */
export function describeDiskFull(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EFBIG") return error;
  return new FetchError(
    "disk-full",
    `${path}: the disk is full (${message}); free some space, or choose another folder, and run the same command again`,
    { cause: error },
  );
}
