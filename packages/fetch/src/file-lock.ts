import { readFileSync, statSync, utimesSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { FetchError } from "./fetch-error.ts";

const beatMs = 15_000;
const staleMs = 120_000;

/**
 * Holds `path` for one process at a time: two that fetch the same file would write into each other's. A lock whose process is
 * gone, or that showed no life for two minutes, is taken over. Throws FetchError ("interrupted") where another holds it.
 */
export async function lock(path: string): Promise<{ release(): Promise<void> }> {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(`${process.pid} ${hostname()}\n`);
      await file.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = living(path) ?? (await setAside(path));
    if (holder !== undefined || attempt === 3)
      throw new FetchError(
        "interrupted",
        `${path}: process ${holder ?? "?"} is at it already; wait for it, or stop it`,
      );
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {} // the folder was removed under us: the download itself will say so
  }, beatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/**
 * Takes a dead lock out of the way. Of several who do so one wins; whoever finds that he took a living one, made in between,
 * gives it back and returns its holder.
 */
async function setAside(path: string): Promise<string | undefined> {
  const aside = `${path}.${process.pid}.${Date.now()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // somebody else did
    throw error;
  }
  const holder = living(aside);
  if (holder !== undefined) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return holder;
}

/** Who holds the lock; undefined where nobody does any more. */
function living(path: string): string | undefined {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const [pid = "", host = ""] = readFileSync(path, "utf8").trim().split(" ");
    if (age > staleMs) return undefined;
    if (host !== hostname()) return `${pid} on ${host}`;
    process.kill(Number(pid), 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "of another user" : undefined;
  }
}
