import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normals } from "@dit-bench/random";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadFolder } from "./load-folder.ts";
import { storeFolder } from "./store-folder.ts";

let place: string;
const folder = () => join(place, "photos");
const store = (onProgress?: () => void) =>
  storeFolder(folder(), join(place, "kept"), { size: 16, ...(onProgress ? { onProgress } : {}) });

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "store-folder-"));
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
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("storeFolder", () => {
  test("keeps what loadFolder gives, with the same fingerprint, whatever was left out", async () => {
    const wanted = await loadFolder(folder(), { size: 16 });
    const { pixels, close, ...stored } = await store();
    const { pixels: inMemory, ...rest } = wanted;
    expect(stored).toEqual(rest);
    expect(pixels.length).toBe(inMemory.length);
    expect(pixels.subarray(0, pixels.length)).toEqual(inMemory);
    expect(pixels.subarray(700, 1900)).toEqual(inMemory.subarray(700, 1900));
    close();
  });

  test("decodes nothing the second time", async () => {
    let decoded = 0;
    const { close } = await store(() => decoded++);
    close();
    expect(decoded).toBe(0);
    expect(readdirSync(join(place, "kept")).length).toBe(2);
  });

  test("decodes again when a file has changed, or the kept pictures are cut short", async () => {
    utimesSync(join(folder(), "a", "0.png"), 1, 1);
    let decoded = 0;
    (await store(() => decoded++)).close();
    expect(decoded).toBe(12);
    for (const file of readdirSync(join(place, "kept")))
      if (file.endsWith(".pixels")) truncateSync(join(place, "kept", file), 100);
    (await store(() => decoded++)).close();
    expect(decoded).toBe(24);
  });

  test("strictly, refuses what cannot be used, kept or not", async () => {
    const strictly = () => storeFolder(folder(), join(place, "strict"), { size: 16, strict: true });
    await expect(strictly()).rejects.toThrow("broken/0.png");
    expect(readdirSync(join(place, "strict"))).toEqual([]);
    await expect(storeFolder(folder(), join(place, "kept"), { size: 16, strict: true })).rejects.toThrow(
      "cannot be used",
    );
  });
});
