// An image file from the disk, within what memory is there for.

import { readFile, stat } from "node:fs/promises";
import { unreadableReason } from "@dit-bench/files";
import { ImageError } from "./image-error.ts";

/** How many files may be read and decoded at once: a decoded image can take 300 MB. */
export const decodersAtOnce = 3;
const mostFileBytes = 500_000_000;

/**
 * What `use` makes of an image file's bytes, or why there is nothing: the file is too large or cannot be read, or `use` threw an
 * ImageError. The reason comes without the file's name.
 */
export async function fromImageFile<T>(
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
