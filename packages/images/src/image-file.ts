// Reads image files within limits on memory.

import { readFile, stat } from "node:fs/promises";
import { unreadableReason } from "@dit-bench/files";
import { ImageError } from "./image-error.ts";

/** Number of files that are read and decoded at the same time. A decoded image can take 300 MB. */
export const decodersAtOnce = 3;
const mostFileBytes = 500_000_000;

/**
 * Calls `use` with the bytes of an image file. Returns its result, or the reason why there is none, without the file's
 * name: the file is too large, it cannot be read, or `use` threw an ImageError.
 */
export async function readImageFile<T>(
  path: string | Buffer,
  use: (content: Uint8Array) => T | Promise<T>,
): Promise<T | { reason: string }> {
  try {
    const { size } = await stat(path);
    if (size > mostFileBytes) return { reason: `${size} bytes: at most ${mostFileBytes} are allowed` };
    return await use(await readFile(path));
  } catch (error) {
    return { reason: error instanceof ImageError ? error.message : unreadableReason(error) };
  }
}
