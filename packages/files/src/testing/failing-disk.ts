// A disk whose n-th change fails, for tests: whatever fails, nothing that was there before is lost.

import { type DiskChange, watchDisk } from "./watch-disk.ts";

export interface FailingDisk {
  /** Number of the change that fails, from 1; 0 for none. */
  readonly failing: number;
  /** Whether all later writes fail, too, as on a full disk, or only this one. Removing always works. */
  readonly forGood?: boolean;
  readonly code?: keyof typeof texts;
}

export interface Outcome<T> {
  /** All changes that were attempted. */
  readonly changes: readonly DiskChange[];
  readonly value?: T;
  readonly error?: unknown;
}

/** The texts of the system's errors. */
const texts = {
  ENOSPC: "no space left on device",
  EIO: "i/o error",
  EDQUOT: "disk quota exceeded",
  EROFS: "read-only file system",
};

/** Runs `action` while the disk below `folder` fails. Removing does not count as a change that can fail. */
export async function onFailingDisk<T>(
  folder: string,
  { failing, forGood = false, code = "ENOSPC" }: FailingDisk,
  action: () => T | Promise<T>,
): Promise<Outcome<T>> {
  const changes: DiskChange[] = [];
  const restore = await watchDisk(folder, {
    before(change) {
      if (change.kind === "remove") return;
      changes.push(change);
      if (failing > 0 && (changes.length === failing || (forGood && changes.length > failing)))
        throw systemError(code, change.kind);
    },
  });
  try {
    return { changes, value: await action() };
  } catch (error) {
    return { changes, error };
  } finally {
    restore();
  }
}

/** An error like those of Node's file functions on an open file, which have no path. */
function systemError(code: keyof typeof texts, kind: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${texts[code]}, ${kind}`), { code, syscall: kind });
}
