// The file with the latent distributions of a dataset: content, interruption, sharing, damage.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integers, normals } from "@dit-bench/random";
import { openCheckpoint } from "@dit-bench/weights";
import { afterAll, describe, expect, test } from "vitest";
import { type CacheForm, checkCache, makeCache, openCache } from "./cache.ts";

const place = mkdtempSync(join(tmpdir(), "cache-"));
afterAll(() => rmSync(place, { recursive: true }));

const form: CacheForm = { shape: [10, 2, 2, 4, 3, 3], metadata: { about: "é, of three bytes" } };
const record = (i: number) => normals(1, "cache.test", i, 2 * 2 * 4 * 9);
const make = async (indices: readonly number[]) => indices.map(record);

describe("a latent cache", () => {
  const path = join(place, "deeper", "whole.safetensors");

  test("appears when it is complete, returns each record, and is a safetensors file", async () => {
    expect(openCache(path, form)).toBeUndefined();
    const groups: number[][] = [];
    await makeCache(
      path,
      form,
      4,
      async (indices) => {
        groups.push([...indices]);
        expect(existsSync(path)).toBe(false);
        return make(indices);
      },
      0,
    );
    expect(groups).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    const cache = openCache(path, form)!;
    for (const i of [7, 0, 9]) expect(cache.read(i)).toEqual(record(i));
    cache.close();
    const { tensors, metadata } = await openCheckpoint(path);
    expect([...tensors].map(([name, { type, shape }]) => [name, type, shape.join()]).sort()).toEqual([
      ["checksums", "I32", "10"],
      ["moments", "F32", "10,2,2,4,3,3"],
    ]);
    expect(metadata.get("about")).toBe("é, of three bytes");
  });

  test("continues after an interruption to the same bytes, and replaces damaged records", async () => {
    const stopped = join(place, "stopped.safetensors");
    const until = (last: number) => async (indices: readonly number[]) => {
      if (indices[0]! > last) throw new Error("stopped");
      return make(indices);
    };
    await expect(makeCache(stopped, form, 4, until(4), 0)).rejects.toThrow("stopped");
    expect(existsSync(stopped)).toBe(false);
    const partial = `${stopped}.partial`;
    const bytes = readFileSync(partial);
    const size = 4 * 2 * 2 * 4 * 9;
    const start = bytes.length - 10 * (size + 4);
    bytes[start + 5 * size + 7]! ^= 1;
    writeFileSync(partial, bytes);
    const asked: number[] = [];
    await makeCache(
      stopped,
      form,
      4,
      (indices) => {
        asked.push(...indices);
        return make(indices);
      },
      0.9,
    );
    expect(asked).toEqual([8, 9, 4, 5, 6, 7]);
    expect(readFileSync(stopped).equals(readFileSync(path))).toBe(true);
    expect(existsSync(partial)).toBe(false);
  });

  test("is made once by two processes that share the work", async () => {
    const shared = join(place, "both.safetensors");
    const doneBefore: number[] = [];
    const slow = (wait: number) => async (indices: readonly number[], done: number) => {
      doneBefore.push(done);
      await new Promise((resolve) => setTimeout(resolve, wait));
      return make(indices);
    };
    await Promise.all([makeCache(shared, form, 1, slow(10), 0), makeCache(shared, form, 1, slow(10), 0.5)]);
    expect(readFileSync(shared).equals(readFileSync(path))).toBe(true);
    expect(doneBefore.length).toBeLessThanOrEqual(12); // ten records, and one more each where the processes meet
    expect(doneBefore.slice(0, 4)).toEqual([0, 0, 1, 1]);
  });

  test("reports a damaged record when it is read, and a header of other latents when it is opened", () => {
    const damaged = join(place, "damaged.safetensors");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1; // of the last checksum
    writeFileSync(damaged, bytes);
    const cache = openCache(damaged, form)!;
    expect(cache.read(8)).toEqual(record(8));
    expect(() => cache.read(9)).toThrow("the latents of image 9 are damaged; run the same command again");
    cache.close();
    expect(() => openCache(damaged, { ...form, metadata: { about: "others" } })).toThrow(
      "its header is not the expected one",
    );
  });

  test("finds any flipped bit, and makes only the damaged records again, to the same bytes", async () => {
    const flipped = join(place, "flipped.safetensors");
    const intactBytes = readFileSync(path);
    writeFileSync(flipped, intactBytes);
    expect(checkCache(flipped, form)).toBeUndefined();
    const header = intactBytes.length - 10 * (4 * 2 * 2 * 4 * 9 + 4);
    const [inHeader, anywhere] = [
      integers(0, "header", 0, 10, 8 * header),
      integers(0, "any", 0, 20, 8 * intactBytes.length),
    ];
    for (const bit of [...inHeader, ...anywhere, 8 * intactBytes.length - 1]) {
      const bytes = Buffer.from(intactBytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(flipped, bytes);
      expect(checkCache(flipped, form), `bit ${bit}`).toMatch(/damaged|header/);
      expect(existsSync(flipped)).toBe(false);
      let asked = 0;
      await makeCache(flipped, form, 1, (indices) => {
        asked++;
        return make(indices);
      });
      expect(asked, `bit ${bit}`).toBe(bit >> 3 < header ? 10 : 1);
      expect(readFileSync(flipped).equals(intactBytes)).toBe(true);
    }
  });

  test("is made again where it is truncated, empty or zeroed, finished or not", async () => {
    const cut = join(place, "cut.safetensors");
    const intactBytes = readFileSync(path);
    for (const bytes of [
      intactBytes.subarray(0, intactBytes.length >> 1),
      Buffer.alloc(0),
      Buffer.alloc(intactBytes.length),
    ])
      for (const at of [cut, `${cut}.partial`]) {
        rmSync(cut, { force: true });
        writeFileSync(at, bytes);
        checkCache(cut, form);
        await makeCache(cut, form, 3, make);
        expect(readFileSync(cut).equals(intactBytes)).toBe(true);
      }
  });
});
