// Helpers that the tests of downloads share: a file, a server that records requests, and a folder for each test.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integers } from "@dit-bench/random";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { type DownloadOptions, download } from "./download.ts";
import { FetchError } from "./fetch-error.ts";
import { type FaultServer, faultServer } from "./testing/fault-server.ts";

export const body = Buffer.from(Uint8Array.from(integers(1, "download.test", 0, 200_000, 256)));
export const digest = (data: Uint8Array, name = "sha256") => createHash(name).update(data).digest("hex");
export const sha256 = digest(body);
export const retry = { attempts: 3, pauseSeconds: 0.01, stallSeconds: 0.5, maxPauseSeconds: 1 };

let folder: string;
let number = 0;
export let place: string;
export let server: FaultServer;
export let notes: string[];

export const serve = (handler: (q: IncomingMessage, r: ServerResponse, n: number) => void) => {
  server.handler = handler;
};
export const targetPath = () => join(place, "file.bin");
export const get = (options: DownloadOptions = {}, urls = [`${server.origin}/file.bin`]) =>
  download(urls, targetPath(), { env: {}, retry, onNote: (n) => notes.push(n), ...options });
export const expectFailure = async (options: DownloadOptions = {}, urls?: string[]): Promise<FetchError> => {
  const error = await get(options, urls).then(
    () => undefined,
    (e) => e,
  );
  expect(error).toBeInstanceOf(FetchError);
  expect(existsSync(targetPath()), "nothing under the final name").toBe(false);
  return error;
};
/** Writes the files of an interrupted download: the received bytes and the description of their origin. */
export const keepPart = (bytes: Uint8Array, origin?: object) => {
  writeFileSync(`${targetPath()}.partial`, bytes);
  if (origin) writeFileSync(`${targetPath()}.partial.json`, JSON.stringify(origin));
};

/** Gives each test its own folder and server. */
export function eachWithServer(): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "download-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    place = join(folder, String(number++));
    mkdirSync(place);
    notes = [];
    server = await faultServer();
    return () => server.close();
  });
}
