// A lock between processes: a small file that names the process that holds it.

import { readFileSync, statSync, utimesSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { nameFileInError } from "./name-file-in-error.ts";
import { temporaryName } from "./temporary.ts";

const heartbeatMs = 15_000;
/** A lock of another machine whose file was not touched for this long is dead. */
const staleMs = 120_000;
const pollMs = 300;

export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes the lock at `path` for this process. Returns the holder, such as "1234" or "1234 on node7", where another live
 * process has it. A lock whose process is gone is taken over. System errors (EACCES, ENOSPC …) pass through.
 */
export async function tryLock(path: string): Promise<HeldLock | string> {
  const content = `${process.pid} ${hostname()} ${startTime(process.pid) ?? ""}\n`;
  for (let attempt = 0; ; attempt++) {
    try {
      await create(path, content);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = lockHolder(path) ?? (await setAside(path));
    if (holder !== undefined) return holder;
    if (attempt === 3) return "unknown";
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {} // the folder was removed: whoever writes into it reports that
  }, heartbeatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      // After a long sleep of this machine another one may have taken the lock over: that lock stays.
      if (contentOf(path) === content) await rm(path, { force: true });
    },
  };
}

/** Makes the lock file, or leaves none: a full disk takes the name, but not the content. */
async function create(path: string, content: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true });
    throw nameFileInError(error, path);
  } finally {
    await file.close();
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock at `path`, waiting while another process holds it.
 *
 * @param onWait called once, with the holder, before waiting
 * @param stopping asked while waiting; when it returns true the wait ends and undefined is returned
 */
export async function waitForLock(
  path: string,
  { onWait, stopping }: { onWait?: (holder: string) => void; stopping?: (() => boolean) | undefined } = {},
): Promise<HeldLock | undefined> {
  for (let announced = false; ; ) {
    const lock = await tryLock(path);
    if (typeof lock !== "string") return lock;
    if (!announced) onWait?.(lock);
    announced = true;
    if (stopping?.()) return undefined;
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

/**
 * Takes a dead lock out of the way. Of several processes that do so one wins; a process that finds that it took a live lock,
 * made in between, puts it back and returns its holder.
 */
async function setAside(path: string): Promise<string | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw Object.assign(new Error(`EISDIR: a folder where a lock belongs, '${path}'`), { code: "EISDIR", path });
  const aside = temporaryName(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // another process did it first
    throw error;
  }
  const holder = lockHolder(aside);
  if (holder !== undefined) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return holder;
}

/** The live process that holds the lock at `path`; undefined where no live process does. */
export function lockHolder(path: string): string | undefined {
  let age: number;
  let content: string;
  try {
    age = Date.now() - statSync(path).mtimeMs;
    content = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const [pid = "", host = "", started = ""] = content.trim().split(" ");
  if (pid === "") return age < 2e3 ? "unknown" : undefined; // its writer is between two system calls, or was killed there
  if (host !== hostname()) return age > staleMs ? undefined : `${pid} on ${host}`;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  const now = startTime(Number(pid));
  if (now === undefined || started === "") return age > staleMs ? undefined : pid; // only the lock's age tells
  return now === started ? pid : undefined; // another process got the same id
}

/** When a process started, in the kernel's ticks since boot, where the system provides it (Linux). */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]; // field 22; the name before it may hold spaces
  } catch {
    return undefined;
  }
}
