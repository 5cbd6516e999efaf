// What the tests of hostile files share: a typed error is wanted, soon, without much memory.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { type Bytes, bytes, py } from "./hostile.test.data.ts";
import { openCheckpoint, WeightFileError } from "./index.ts";

export const folder = mkdtempSync(join(tmpdir(), "dit-bench-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

export type Case = readonly [name: string, file: Bytes, reason: RegExp];

/** Every tensor is read as well: a file may be refused then, not only when it is listed. */
export async function outcome(path: string): Promise<unknown> {
  try {
    const c = await openCheckpoint(path);
    for (const name of c.tensors.keys()) c.read(name);
    return undefined;
  } catch (error) {
    return error;
  }
}

let files = 0;
export async function refused(file: Bytes, reason: RegExp): Promise<void> {
  const path = join(folder, `${files++}.pt`);
  writeFileSync(path, file);
  const before = process.memoryUsage().rss;
  const start = process.cpuUsage();
  const error = await outcome(path);
  const { user, system } = process.cpuUsage(start); // processor time: the machine may be busy with other things
  expect((user + system) / 1e6).toBeLessThan(3); // seconds; the slowest takes half a second
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  expect(error).toBeInstanceOf(WeightFileError);
  expect((error as Error).message).toMatch(reason);
  expect((error as Error).message.length).toBeLessThan(700 + path.length);
}

/** A tensor that nothing is wrong with. */
export const good = [py.str("weight"), py.two()] as const;
/** A pickle with a value beside it. */
export const beside = (value: Bytes) => py.pickle(py.dict(...good, py.str("x"), value));
export const fine = py.pickle(py.dict(...good));
export const shape = (...values: number[]) => py.sizes(...values);
export const many = (count: number, piece: string | Bytes) =>
  Buffer.concat(Array.from({ length: count }, () => bytes(piece)));
