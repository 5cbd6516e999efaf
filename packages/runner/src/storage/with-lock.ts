// Work that only one process does at a time: running a cell, or computing a result that several cells share.

import { type HeldLock, waitForLock } from "@dit-bench/files";
import { BenchError, Interrupted } from "../errors.ts";
import type { Listener } from "../events.ts";

/**
 * Does `work` while this process holds the lock at `path`. Waits, with a note, while another process holds it. Throws
 * Interrupted if the listener asks for a stop meanwhile, BenchError (io) if the lock cannot be made.
 *
 * @param doing what a process with the lock does, for the note: "runs this cell"
 * @param meanwhile called again and again while it waits
 */
export async function withLock<T>(
  path: string,
  doing: string,
  listener: Listener,
  work: () => Promise<T>,
  meanwhile?: () => Promise<void>,
): Promise<T> {
  let lock: HeldLock | undefined;
  try {
    lock = await waitForLock(path, {
      onWait: (holder) => listener.note?.(`waiting for process ${holder}, which ${doing}`),
      stopping: () => listener.stopping?.() ?? false,
      meanwhile,
    });
  } catch (error) {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    const remedy = remedies[code] ?? "make its folder writable";
    throw new BenchError("io", `the lock ${path} cannot be made (${message}); ${remedy}, or choose another --out`, {
      cause: error,
    });
  }
  if (!lock) throw new Interrupted("stopped while waiting for another process; run the same command again to continue");
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** By the code of a system error. */
const remedies: Readonly<Record<string, string>> = {
  EISDIR: "remove that folder",
  ENOSPC: "free some space",
  EDQUOT: "free some space",
};
