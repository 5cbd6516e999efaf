// Statistics against NumPy's, and the features that are refused.

import { normals } from "@dit-bench/random";
import { expect, test } from "vitest";
import { readFixture } from "./fixtures/safetensors.test.helper.ts";
import { statistics } from "./statistics.ts";

const fixtures = { ...readFixture("fid.safetensors"), ...readFixture("fid_large.safetensors") };

test.each([
  ["full_d8", 8],
  ["full_d64", 64],
  ["deficient_d64", 64],
  ["halfdeficient_d64", 64],
])("mean and covariance of %s agree with NumPy's to 1e-13", (name, d) => {
  for (const set of [1, 2]) {
    const s = statistics(fixtures[`${name}.features${set}`]!, d);
    expect(s.count).toBe(fixtures[`${name}.features${set}`]!.length / d);
    const largest = Math.max(...fixtures[`${name}.sigma${set}`]!);
    expect(largestDifference(s.mean, fixtures[`${name}.mu${set}`]!)).toBeLessThan(1e-13 * largest);
    expect(largestDifference(s.covariance, fixtures[`${name}.sigma${set}`]!)).toBeLessThan(1e-13 * largest);
  }
});

test("a mean far larger than the spread costs no digits of the covariance", () => {
  const x = Float64Array.from(normals(1, "statistics.test", 0, 700 * 5));
  const near = statistics(x, 5).covariance;
  const far = statistics(
    x.map((v) => v + 2 ** 30),
    5,
  ).covariance;
  expect(largestDifference(near, far)).toBeLessThan(1e-5); // the shifted values themselves are rounded to 2^-22
});

test("the covariance is symmetric to the last bit, also over several chunks of samples", () => {
  const d = 7;
  const { covariance } = statistics(normals(2, "statistics.test", 0, 600 * d), d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) expect(covariance[i * d + j]).toBe(covariance[j * d + i]);
});

test("statistics refuses a value that is not finite, and names its row", () => {
  const x = new Float32Array(12).fill(1);
  x[7] = Number.NaN;
  expect(() => statistics(x, 3)).toThrow("row 2, column 1 is NaN");
  x[7] = Number.POSITIVE_INFINITY;
  expect(() => statistics(x, 3)).toThrow("row 2, column 1 is Infinity");
});

test("statistics refuses fewer than two samples, and values that do not make whole rows", () => {
  expect(() => statistics(new Float32Array(3), 3)).toThrow("1 sample, wanted at least 2");
  expect(() => statistics(new Float32Array(0), 3)).toThrow("0 samples, wanted at least 2");
  expect(() => statistics(new Float32Array(7), 3)).toThrow("7 values do not make rows of 3");
  expect(() => statistics(new Float32Array(6), 1.5)).toThrow("dimension is 1.5");
});

function largestDifference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0);
}
