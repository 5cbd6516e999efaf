// Tests storeFolder: reuse of the stored images, damaged files, concurrent calls.

import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normals } from "@dit-bench/random";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadFolder } from "./load-folder.ts";
import { storeFolder } from "./store-folder.ts";

let testFolder: string;
const folder = () => join(testFolder, "photos");
const storedFiles = (ending: string) =>
  readdirSync(join(testFolder, "stored"))
    .filter((file) => file.endsWith(ending))
    .map((file) => join(testFolder, "stored", file));
const store = (onProgress?: () => void) =>
  storeFolder(folder(), join(testFolder, "stored"), { size: 16, ...(onProgress ? { onProgress } : {}) });

beforeAll(async () => {
  testFolder = mkdtempSync(join(tmpdir(), "store-folder-"));
  const raw = { width: 20, height: 24, channels: 3 } as const;
  for (const name of ["b", "a", "broken"]) {
    mkdirSync(join(folder(), name), { recursive: true });
    for (let i = 0; i < 4; i++) {
      const noise = Uint8Array.from(normals(0, name, i, 20 * 24 * 3), (x) => 128 + 40 * x);
      const png = await sharp(noise, { raw }).png().toBuffer();
      writeFileSync(join(folder(), name, `${i}.png`), name === "broken" ? png.subarray(0, 60) : png);
    }
  }
});
afterAll(() => rmSync(testFolder, { recursive: true, force: true }));

describe("storeFolder", () => {
  test("stores the set that loadFolder returns, with the same fingerprint and skipped files", async () => {
    const { pixels: inMemory, ...expected } = await loadFolder(folder(), { size: 16 });
    const { pixels, close, ...set } = await store();
    expect(set).toEqual(expected);
    expect(pixels.length).toBe(inMemory.length);
    expect(pixels.subarray(0, pixels.length)).toEqual(inMemory);
    expect(pixels.subarray(700, 1900)).toEqual(inMemory.subarray(700, 1900));
    close();
  });

  test("decodes no image when it is called again", async () => {
    let decoded = 0;
    const { close } = await store(() => decoded++);
    close();
    expect(decoded).toBe(0);
    expect(readdirSync(join(testFolder, "stored")).length).toBe(2);
  });

  test("decodes again when an image file has changed, or the stored images are truncated", async () => {
    utimesSync(join(folder(), "a", "0.png"), 1, 1);
    let decoded = 0;
    (await store(() => decoded++)).close();
    expect(decoded).toBe(12);
    for (const file of storedFiles(".pixels")) truncateSync(file, 100);
    (await store(() => decoded++)).close();
    expect(decoded).toBe(24);
  });

  test("decodes again, with a note, when the index was changed", async () => {
    rmSync(join(testFolder, "stored"), { recursive: true, force: true });
    (await store()).close();
    const [path = ""] = storedFiles(".index");
    const text = readFileSync(path, "utf8");
    for (const [before, after] of [
      ['"a"', '"c"'],
      [/"labels":\[0/, '"labels":[1'],
      [/"checksums":\[\d/, '"checksums":[7'],
      [/"fingerprint":"./, '"fingerprint":"x'],
    ] as const) {
      writeFileSync(path, text.replace(before, after));
      const notes: string[] = [];
      const set = await storeFolder(folder(), join(testFolder, "stored"), {
        size: 16,
        onNote: (note) => notes.push(note),
      });
      set.close();
      expect(notes.join()).toContain("damaged: decoding the images again");
      expect(set.classes).toEqual(["a", "b"]);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  test("adds the hashes of the files to a set that an earlier version stored, without decoding again", async () => {
    const [path = ""] = storedFiles(".index");
    const { digest: _, hashes, ...old } = JSON.parse(readFileSync(path, "utf8"));
    const digest = createHash("sha256").update(JSON.stringify(old)).digest("hex");
    writeFileSync(path, `${JSON.stringify({ ...old, digest })}\n`);
    const notes: string[] = [];
    const storeNoting = () =>
      storeFolder(folder(), join(testFolder, "stored"), { size: 16, onNote: (note) => notes.push(note) });
    for (const _ of ["adds", "has"]) {
      const set = await storeNoting();
      set.close();
      expect(set.hashes).toEqual(hashes);
    }
    expect(notes).toEqual([expect.stringMatching(/^reading 8 files once for their SHA-256/)]);
  });

  test("throws when a damaged image is read, and decodes again once the file is deleted", async () => {
    rmSync(join(testFolder, "stored"), { recursive: true, force: true });
    (await store()).close();
    const [path = ""] = storedFiles(".pixels");
    const bytes = readFileSync(path);
    bytes[16 * 16 * 3 + 5]! ^= 4;
    writeFileSync(path, bytes);
    const { pixels, close } = await store();
    expect(pixels.subarray(0, 768).length).toBe(768);
    expect(() => pixels.subarray(768, 1536)).toThrow(`"${path}": image 1 is damaged; delete it`);
    expect(() => pixels.subarray(1000, 1001)).toThrow("image 1 is damaged");
    close();
    rmSync(path);
    const again = await store();
    expect(again.pixels.subarray(0, again.pixels.length).length).toBe(again.pixels.length);
    again.close();
  });

  test("decodes once when several calls run at the same time, and removes files of killed processes", async () => {
    const target = join(testFolder, "together");
    mkdirSync(target);
    const leftover = join(target, ".photos.pixels.0123456789ab.tmp");
    writeFileSync(leftover, "x");
    utimesSync(leftover, 1, 1);
    let decoded = 0;
    const storeOnce = () => storeFolder(folder(), target, { size: 16, onProgress: () => decoded++ });
    const sets = await Promise.all([storeOnce(), storeOnce(), storeOnce()]);
    for (const { close } of sets) close();
    expect(decoded).toBe(12);
    expect(
      readdirSync(target)
        .map((file) => file.replace(/^.*\./, ""))
        .sort(),
    ).toEqual(["index", "pixels"]);
  });

  test("stores a set of one class", async () => {
    const set = await storeFolder(join(folder(), "a"), join(testFolder, "one"), { size: 16 });
    expect(set).toMatchObject({ name: "a", classes: ["a"] });
    set.close();
  });

  test("refuses unusable files when strict, also in a stored set", async () => {
    const storeStrictly = () => storeFolder(folder(), join(testFolder, "strict"), { size: 16, strict: true });
    await expect(storeStrictly()).rejects.toThrow("broken/0.png");
    expect(readdirSync(join(testFolder, "strict"))).toEqual([]);
    await expect(storeFolder(folder(), join(testFolder, "stored"), { size: 16, strict: true })).rejects.toThrow(
      "cannot be used",
    );
  });
});
