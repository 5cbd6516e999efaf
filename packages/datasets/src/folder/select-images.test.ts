// Selections of images, read image by image and in ranges.

import { expect, test } from "vitest";
import { selectImages } from "./select-images.ts";

const pixels = Uint8Array.from({ length: 20 }, (_, i) => i); // five images of four bytes
const chosen = selectImages(pixels, [3, 0, 4], 4);

test("a selection has the length of its images", () => {
  expect(chosen.length).toBe(12);
  expect(selectImages(pixels, [], 4).subarray(0, 0)).toEqual(new Uint8Array(0));
});

test.each([
  [0, 4, [12, 13, 14, 15]],
  [4, 8, [0, 1, 2, 3]],
  [5, 7, [1, 2]],
  [0, 12, [12, 13, 14, 15, 0, 1, 2, 3, 16, 17, 18, 19]],
  [2, 9, [14, 15, 0, 1, 2, 3, 16]],
])("a selection has the bytes %i to %i of its images side by side", (begin, end, expected) => {
  expect([...chosen.subarray(begin, end)]).toEqual(expected);
});
