import { FetchError } from "./fetch-error.ts";

/** An error of a full disk in the words of a person; any other error as it is. */
export function describedDiskFull(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EFBIG") return error;
  return new FetchError(
    "disk-full",
    `${path}: the disk is full (${message}); make room, or choose another folder, and run the same command again`,
    { cause: error },
  );
}
