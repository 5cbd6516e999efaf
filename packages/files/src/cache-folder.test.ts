// The folders for caches and for downloads.

import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder, homeFolder } from "./cache-folder.ts";

it.each<[NodeJS.Platform, Record<string, string>, string]>([
  ["linux", { HOME: "/h" }, "/h/.cache/p"],
  ["linux", { HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/p"],
  ["darwin", {}, join(homedir(), "Library/Caches/p")],
  ["win32", { LOCALAPPDATA: "/l" }, "/l/p/Cache"],
])("cacheFolder on %s with %j is %s", (platform, env, folder) => {
  expect(cacheFolder("p", env, platform)).toBe(folder);
});

it("homeFolder is DIT_BENCH_HOME, or dit-bench in the cache folder where it is empty or not set", () => {
  const env = { HOME: "/h", XDG_CACHE_HOME: "/x" };
  expect(homeFolder({ ...env, DIT_BENCH_HOME: "/own" })).toBe("/own");
  expect(homeFolder({ ...env, DIT_BENCH_HOME: "" })).toBe(cacheFolder("dit-bench", env));
  expect(homeFolder(env)).toBe(cacheFolder("dit-bench", env));
});
