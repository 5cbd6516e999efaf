// Helpers that the tests of hostile files share. Each file must cause a typed error within limits on time and memory.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { type Bytes, bytes, py } from "./hostile.test.data.ts";
import { openCheckpoint, WeightFileError } from "./index.ts";

export const folder = mkdtempSync(join(tmpdir(), "dit-bench-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

export type Case = readonly [name: string, file: Bytes, reason: RegExp];

/** Opens a file and reads every tensor. Returns the error, or undefined if there is no error. */
export async function readingError(path: string): Promise<unknown> {
  try {
    const c = await openCheckpoint(path);
    for (const name of c.tensors.keys()) c.read(name);
    return undefined;
  } catch (error) {
    return error;
  }
}

let files = 0;

/** Expects a WeightFileError with this reason, within 3 s of CPU time and 400 MB of memory. */
export async function expectRefusal(file: Bytes, reason: RegExp): Promise<void> {
  const path = join(folder, `${files++}.pt`);
  writeFileSync(path, file);
  const memoryBefore = process.memoryUsage().rss;
  const start = process.cpuUsage();
  const error = await readingError(path);
  const { user, system } = process.cpuUsage(start); // CPU time: elapsed time is longer on a busy machine
  expect((user + system) / 1e6).toBeLessThan(3); // seconds; the slowest file takes half a second
  expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(400e6);
  expect(error).toBeInstanceOf(WeightFileError);
  expect((error as Error).message).toMatch(reason);
  expect((error as Error).message.length).toBeLessThan(700 + path.length);
}

/** A valid tensor. */
export const validTensor = [py.str("weight"), py.two()] as const;
/** A pickle of the valid tensor and another value. */
export const pickleWith = (value: Bytes) => py.pickle(py.dict(...validTensor, py.str("x"), value));
export const validPickle = py.pickle(py.dict(...validTensor));
export const shape = (...values: number[]) => py.sizes(...values);
export const repeat = (count: number, piece: string | Bytes) =>
  Buffer.concat(Array.from({ length: count }, () => bytes(piece)));
