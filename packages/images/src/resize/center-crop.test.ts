// Compares the centre crop with the results of Pillow.

import { expect, test } from "vitest";
import { readFixture } from "../fixtures/read-fixture.ts";
import { centerCrop } from "./center-crop.ts";

const fixture = readFixture("resize.safetensors");

test.each([0, 1, 2])("centerCrop of image %i equals DiT's training crop bit for bit", (i) => {
  const { shape, data } = fixture.get(`crop.image${i}.pixels`) ?? expect.fail("not in the fixture");
  const cropped = centerCrop({ height: shape[0] as number, width: shape[1] as number, pixels: data as Uint8Array }, 32);
  expect(cropped).toEqual({ width: 32, height: 32, pixels: fixture.get(`crop.image${i}.cropped`)?.data });
});

test.each([
  [1, 1],
  [8, 8],
  [8, 100_000],
  [3000, 9],
])("centerCrop of a %i × %i image of one colour has the requested size and the same colour", (width, height) => {
  const { pixels, ...shape } = centerCrop({ width, height, pixels: new Uint8Array(width * height * 3).fill(77) }, 64);
  expect(shape).toEqual({ width: 64, height: 64 });
  expect(pixels).toEqual(new Uint8Array(64 * 64 * 3).fill(77));
});
