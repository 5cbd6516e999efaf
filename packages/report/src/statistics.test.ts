// Compares the statistics with R, closed forms and published data.

import { expect, test } from "vitest";
import { geometricMean, mean, meanInterval, sampleVariance, twoSidedT } from "./statistics.ts";

// Quantiles as printed by R's qt().
test.each([
  [0.95, 1, 12.7062047362],
  [0.95, 2, 4.3026527297],
  [0.95, 3, 3.1824463053],
  [0.95, 7, 2.3646242516],
  [0.95, 16, 2.1199052992],
  [0.95, 30, 2.0422724563],
  [0.95, Number.POSITIVE_INFINITY, 1.9599639845],
  [0.99, 10, 3.1692726726],
  [0.9, 5, 2.0150483733],
  [0.5, 1, 1],
])("twoSidedT at level %d and %d degrees of freedom is %d", (level, degrees, expected) => {
  expect(Math.abs(twoSidedT(level, degrees) / expected - 1)).toBeLessThan(5e-7);
});

test("twoSidedT agrees with the closed form for two degrees of freedom, and falls as the degrees rise", () => {
  for (const level of [0.5, 0.8, 0.95, 0.999]) {
    const p = (1 + level) / 2;
    expect(twoSidedT(level, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 9);
  }
  expect(twoSidedT(0.95, 7.5)).toBeLessThan(twoSidedT(0.95, 7));
  expect(twoSidedT(0.95, 7.5)).toBeGreaterThan(twoSidedT(0.95, 8));
});

test("meanInterval agrees with R's t.test on Student's sleep data, and a single value has no interval", () => {
  // Student (1908): differences of ten patients; mean 1.58, 95 % interval [0.7001142, 2.4598858] in R's t.test.
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const [low, high] = meanInterval(differences, 0.95)!;
  expect(mean(differences)).toBeCloseTo(1.58, 12);
  expect(low).toBeCloseTo(0.7001142, 6);
  expect(high).toBeCloseTo(2.4598858, 6);
  expect(meanInterval([3], 0.95)).toBeNull();
  expect(sampleVariance([3])).toBeNull();
});

test("the geometric mean of 2 and 0.5 is 1", () => {
  expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
});
