// Tests that WebP files keep their limit in bytes.

import sharp from "sharp";
import { expect, it } from "vitest";
import { encodeWebp } from "./index.ts";

const width = 192;
const height = 64;
const noise = Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
const plain = new Uint8Array(width * height * 3).fill(120);

it("encodeWebp lowers the quality until the file has at most as many bytes as allowed", async () => {
  const bytes = await encodeWebp({ width, height, pixels: noise }, { largest: 5000 });
  expect(bytes.length).toBeLessThanOrEqual(5000);
  expect(bytes.length).toBeGreaterThan(2000);
  expect(await sharp(bytes).metadata()).toMatchObject({ format: "webp", width, height });
});

it("encodeWebp keeps the colours of an image that fits at the best quality", async () => {
  const bytes = await encodeWebp({ width, height, pixels: plain }, { largest: 5000 });
  const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  expect(Math.max(...data.map((value) => Math.abs(value - 120)))).toBeLessThanOrEqual(1);
});

it("encodeWebp makes an image smaller on request", async () => {
  const bytes = await encodeWebp({ width, height, pixels: plain }, { largest: 5000, widths: [96] });
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 96, height: 32 });
});

it("encodeWebp takes the first width at which some quality keeps the limit", async () => {
  const bytes = await encodeWebp({ width, height, pixels: noise }, { largest: 600, widths: [192, 96, 24] });
  expect(bytes.length).toBeLessThanOrEqual(600);
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 96, height: 32 });
});

it("encodeWebp throws an error for a limit that no quality keeps at any width", async () => {
  await expect(encodeWebp({ width, height, pixels: noise }, { largest: 50, widths: [192, 96] })).rejects.toThrow(
    "an image of 192×64 pixels, 192 or 96 wide, does not fit into a WebP file of 50 bytes",
  );
});
