// Compares resizing with the results of Pillow.

import { describe, expect, test } from "vitest";
import { readFixture } from "../fixtures/read-fixture.ts";
import type { RgbImage } from "../rgb-image.ts";
import { resizePillow8, resizePillowFloat } from "./pillow-resize.ts";
import type { ResampleFilter } from "./resample-weights.ts";

const fixture = readFixture("resize.safetensors");
const images = [0, 1, 2, 3, 4, 5];

function rgb(name: string): RgbImage {
  const { shape, data } = fixture.get(name) ?? expect.fail(`${name} is not in the fixture`);
  return { height: shape[0] as number, width: shape[1] as number, pixels: data as Uint8Array };
}

function largestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < theirs.length; i++)
    largest = Math.max(largest, Math.abs((ours[i] as number) - (theirs[i] as number)));
  return largest;
}

describe("resizePillow8", () => {
  test.each(
    images.flatMap((i): [string, ResampleFilter, string][] => [
      [`image${i}`, "bicubic", "pillow_bicubic_8bit.29"],
      [`image${i}`, "box", "pillow_box_8bit.29"],
      [`image${i}`, "box", "pillow_box_8bit.half"],
    ]),
  )("resizes %s by the filter %s to the same bits as Pillow (%s)", (image, filter, result) => {
    const expected = rgb(`${image}.${result}`);
    expect(resizePillow8(rgb(`${image}.pixels`), expected.width, expected.height, filter)).toEqual(expected);
  });

  test("computes the same pixels in a window as in the whole image", () => {
    const whole = resizePillow8(rgb("image0.pixels"), 50, 31, "bicubic");
    const part = resizePillow8(rgb("image0.pixels"), 50, 31, "bicubic", { left: 9, top: 4, width: 7, height: 5 });
    for (let y = 0; y < 5; y++) {
      const row = whole.pixels.subarray(((y + 4) * 50 + 9) * 3, ((y + 4) * 50 + 16) * 3);
      expect(part.pixels.subarray(y * 21, y * 21 + 21)).toEqual(row);
    }
  });

  test("returns the same pixels for the same size", () => {
    const image = rgb("image0.pixels");
    expect(resizePillow8(image, image.width, image.height, "bicubic")).toEqual(image);
  });
});

describe("resizePillowFloat", () => {
  test.each(images)("resizes image %i to 29 × 29 to the same bits as Pillow's mode F", (i) => {
    const { width, height, pixels } = rgb(`image${i}.pixels`);
    const ours = resizePillowFloat({ width, height, values: Float32Array.from(pixels) }, 29, 29);
    expect(ours).toMatchObject({ width: 29, height: 29 });
    expect(
      largestDifference(ours.values, (fixture.get(`image${i}.pillow_bicubic_float.29`) as { data: Float32Array }).data),
    ).toBe(0);
  });

  test.each([0, 2])("resizes image %i to 299 × 299 to the same bits as Pillow's mode F", (i) => {
    const { width, height, pixels } = rgb(`image${i}.pixels`);
    const ours = resizePillowFloat({ width, height, values: Float32Array.from(pixels) }, 299, 299);
    const { data } = fixture.get(`image${i}.pillow_bicubic_float.299`) as { data: Float32Array };
    expect(largestDifference(ours.values, data)).toBe(0);
  });
});
