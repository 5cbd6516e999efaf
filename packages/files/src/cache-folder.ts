// The platform's folder for caches, and the program's folder in it.

import { homedir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The program's folder for downloads: `DIT_BENCH_HOME`, or `dit-bench` in the platform's folder for caches. */
export const homeFolder = (env: Environment = process.env): string =>
  env.DIT_BENCH_HOME || cacheFolder("dit-bench", env);

/**
 * The folder for files that can be fetched again: `$XDG_CACHE_HOME/NAME` or `~/.cache/NAME`, `~/Library/Caches/NAME` on
 * macOS, `%LOCALAPPDATA%\NAME\Cache` on Windows.
 */
export function cacheFolder(name: string, env: Environment = process.env, platform = process.platform): string {
  if (platform === "win32") return join(env.LOCALAPPDATA || join(homedir(), "AppData", "Local"), name, "Cache");
  if (platform === "darwin" && !env.XDG_CACHE_HOME) return join(homedir(), "Library", "Caches", name);
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), name);
}
