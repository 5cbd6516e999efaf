// A lock between processes: a small file that names the process that holds it.

import { readFileSync, statSync, utimesSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { nameFileInError } from "./name-file-in-error.ts";

const heartbeatMs = 15_000;
/** A lock from another machine counts as dead if its file has not been touched for this time. */
const staleMs = 120_000;
const pollMs = 300;

export interface HeldLock {
  release(): Promise<void>;
}

interface Waiting {
  onWait?(holder: string): void;
  stopping?: (() => boolean) | undefined;
  meanwhile?: (() => Promise<void>) | undefined;
}

/**
 * Takes the lock at `path` for this process. Returns the holder, such as "1234" or "1234 on node7", if another live
 * process has it. A lock whose process has ended is taken over. System errors (EACCES, ENOSPC …) pass through.
 */
export async function tryLock(path: string): Promise<HeldLock | string> {
  const content = ownContent();
  for (let attempt = 0; !(await createLockFile(path, content)); attempt++) {
    const holder = lockHolder(path) ?? (await removeDead(path));
    if (holder !== undefined) return holder;
    if (attempt === 3) return "unknown";
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {} // the folder was removed: the code that writes into the folder reports this error
  }, heartbeatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      // If this machine slept for long, another one may have taken over the lock: that lock stays.
      if (contentOf(path) === content) await rm(path, { force: true });
    },
  };
}

/**
 * Takes the lock at `path`, waiting while another process holds it.
 *
 * @param onWait called once, with the holder, before waiting
 * @param stopping called while waiting; if it returns true, `waitForLock` returns undefined
 * @param meanwhile called while waiting, again and again
 */
export async function waitForLock(
  path: string,
  { onWait, stopping, meanwhile }: Waiting = {},
): Promise<HeldLock | undefined> {
  for (let announced = false; ; ) {
    const lock = await tryLock(path);
    if (typeof lock !== "string") return lock;
    if (!announced) onWait?.(lock);
    announced = true;
    if (stopping?.()) return undefined;
    await meanwhile?.();
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

/** The live process that holds the lock at `path`; undefined if no live process holds it. */
export function lockHolder(path: string): string | undefined {
  const state = lockState(path);
  return typeof state === "object" ? state.holder : undefined;
}

/**
 * Removes a dead lock, so that the next `createLockFile` can succeed. Only the process that holds the guard beside the
 * lock may remove it. Without the guard, a process that found the lock dead could remove a live lock that another
 * process has created in the meantime. The guard is a lock itself, so that a dead guard is removed in the same way.
 *
 * @returns the live process that removes the lock or holds it now
 */
async function removeDead(path: string): Promise<string | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw Object.assign(new Error(`EISDIR: '${path}' is a folder where a lock file is expected: remove it`), {
      code: "EISDIR",
      path,
    });
  const guard = guardOf(path);
  if (!(await createLockFile(guard, ownContent()))) return lockHolder(guard) ?? (await removeDead(guard));
  try {
    const state = lockState(path); // read it again: it may have changed before this process took the guard
    if (state === "dead") await rm(path, { force: true });
    return typeof state === "object" ? state.holder : undefined;
  } finally {
    await rm(guard, { force: true });
  }
}

/** The path of the lock that a process holds while it removes the dead lock at `path`. */
export const guardOf = (path: string): string => join(dirname(path), `.${basename(path)}.guard`);

/**
 * Creates the lock file. Returns false if it exists. If its content cannot be written, it is removed: a full disk
 * accepts an empty file but no content.
 */
async function createLockFile(path: string, content: string): Promise<boolean> {
  const file = await open(path, "wx").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true });
    throw nameFileInError(error, path);
  } finally {
    await file.close();
  }
  return true;
}

/** The content of a lock file of this process: process id, machine, start time if known. */
const ownContent = () => `${process.pid} ${hostname()} ${startTime(process.pid) ?? ""}\n`;

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function lockState(path: string): "free" | "dead" | { readonly holder: string } {
  let age: number;
  let content: string;
  try {
    age = Date.now() - statSync(path).mtimeMs;
    content = readFileSync(path, "utf8");
  } catch {
    return "free";
  }
  const [pid = "", host = "", recordedStart = ""] = content.trim().split(" ");
  const holder = host === hostname() ? pid : `${pid} on ${host}`;
  // An empty file: its writer is between two system calls, or was killed there.
  if (pid === "") return age < 2e3 ? { holder: "unknown" } : "dead";
  if (host !== hostname()) return age > staleMs ? "dead" : { holder };
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "dead";
  }
  const currentStart = startTime(Number(pid));
  // Without start times only the lock's age is known.
  if (currentStart === undefined || recordedStart === "") return age > staleMs ? "dead" : { holder };
  return currentStart === recordedStart ? { holder } : "dead"; // a later process got the same id
}

/** Start time of a process in kernel ticks since boot. Undefined on systems that do not report it; Linux does. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]; // field 22; the name in field 2 may contain spaces
  } catch {
    return undefined;
  }
}
