// The comparison of two lists of numbers.

import { expect, it } from "vitest";
import { largestDifference } from "./compare.mjs";

it("finds the largest absolute difference, and NaN anywhere among finite numbers", () => {
  expect(largestDifference([1, 2, 3], [1, 4, 2])).toBe(2);
  expect(largestDifference([Number.NaN, 1], [0, 1])).toBeNaN();
  expect(largestDifference([1, Number.NaN, 1], [0, 0, 0])).toBeNaN();
  expect(() => largestDifference([1], [1, 2])).toThrow("1 numbers, but the reference has 2");
});
