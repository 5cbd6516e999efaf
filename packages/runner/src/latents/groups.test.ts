// The number of images per call of the autoencoder, on a stand-in that only counts them.

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableDiffusion } from "@dit-bench/autoencoder";
import { encodePng } from "@dit-bench/images";
import { afterAll, describe, expect, test } from "vitest";
import { type Codec, groupOf } from "./codec.ts";
import { decodeLatents } from "./decode-latents.ts";
import { encodeImages } from "./encode-images.ts";
import type { AutoencoderFile } from "./open-autoencoder.ts";

const place = mkdtempSync(join(tmpdir(), "groups-"));
afterAll(() => rmSync(place, { recursive: true }));

const groups: number[] = [];
const codec: Codec = {
  factor: 8,
  async encode(images) {
    groups.push(images.length);
    return images.map(() => ({ mean: new Float32Array(1), logvar: new Float32Array(1) }));
  },
  async decode(latents) {
    groups.push(latents.length);
    return latents.map(() => ({ data: new Float32Array(3), channels: 3, height: 1, width: 1 }));
  },
  async dispose() {},
};
const autoencoder = { path: "counted", config: stableDiffusion } as AutoencoderFile;
const groupsOf = async (work: () => Promise<unknown>) => {
  groups.length = 0;
  await work();
  return groups;
};

/** Makes a folder of black images of one size. */
async function makeImages(name: string, count: number, width: number, height: number): Promise<string> {
  const folder = join(place, name);
  mkdirSync(folder);
  const png = await encodePng({ width, height, pixels: new Uint8Array(width * height * 3) });
  for (let i = 0; i < count; i++) writeFileSync(join(folder, `${i}.png`), png);
  return folder;
}

describe("the number of images per call", () => {
  test("is eight, less for large images, and at least one", () => {
    for (const [side, group] of [
      [32, 8],
      [1024, 8],
      [2048, 2],
      [4096, 1],
      [10_000, 1],
    ] as const)
      expect(groupOf(side * side), String(side)).toBe(group);
  });

  test("depends on the size that images are encoded at", async () => {
    const large = await makeImages("large", 6, 2048, 1024);
    const task = { images: large, autoencoder, codec, scale: 1 };
    expect(await groupsOf(() => encodeImages(task))).toEqual([4, 2]);
    expect(await groupsOf(() => encodeImages({ ...task, size: 64 }))).toEqual([6]);
    const small = await makeImages("small", 10, 16, 16);
    expect(await groupsOf(() => encodeImages({ ...task, images: small }))).toEqual([8, 2]);
  });

  test("does not depend on skipped files, and files above half a gigabyte are skipped without being read", async () => {
    const folder = await makeImages("mixed", 9, 16, 16);
    for (const [name, bytes] of [
      ["0.png", 500_000_001],
      ["4.png", 3],
    ] as const)
      truncateSync(join(folder, name), bytes);
    const notes: string[] = [];
    const listener = { note: (text: string) => void notes.push(text) };
    const task = { images: folder, autoencoder, codec, scale: 1, listener };
    const made = encodeImages(task);
    expect((await made).files).toEqual(["1.png", "2.png", "3.png", "5.png", "6.png", "7.png", "8.png"]);
    expect(notes[0]).toBe(`left out ${folder}/0.png: 500000001 bytes: at most 500000000 are allowed`);
    expect(notes).toHaveLength(2);
    expect(groups.at(-1)).toBe(7);
    await expect(encodeImages({ ...task, strict: true })).rejects.toThrow("500000001 bytes");
  });

  test("depends on the size of the decoded images", async () => {
    const decoding = (width: number, height: number) => {
      const latents = { shape: [6, 4, height, width] as const, latents: new Float32Array(6 * 4 * height * width) };
      return groupsOf(() => decodeLatents({ latents, codec, scale: 1, output: join(place, "decoded") }));
    };
    expect(await decoding(256, 128)).toEqual([4, 2]);
    expect(await decoding(8, 8)).toEqual([6]);
    expect(await decoding(512, 512)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
