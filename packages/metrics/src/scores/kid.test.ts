// KID against golden values, and its statistical properties.

import { normals, permutation } from "@dit-bench/random";
import { expect, test } from "vitest";
import { readFixture } from "../fixtures/safetensors.test.helper.ts";
import { kid } from "./kid.ts";

const fixtures = readFixture("kid.safetensors");

test.each([
  ["d8", 8],
  ["d64", 64],
  ["d16_same", 16],
])("KID of %s agrees with the golden value to a relative 1e-10", (name, d) => {
  const wanted = fixtures[`${name}.kid`]![0]!;
  const value = kid(fixtures[`${name}.features1`]!, fixtures[`${name}.features2`]!, d);
  expect(Math.abs(value - wanted)).toBeLessThan(1e-10 * Math.max(1, Math.abs(wanted)));
});

test("KID does not change when the sets are swapped or one is shuffled, also over several chunks", () => {
  const d = 4;
  const a = normals(1, "kid.test", 0, 300 * d);
  const b = normals(1, "kid.test", 1, 270 * d).map((v) => v + 0.5);
  const order = permutation(1, "kid.test.order", 0, 300);
  const shuffled = a.map((_, i) => a[order[Math.floor(i / d)]! * d + (i % d)]!);
  const value = kid(a, b, d);
  expect(value).toBeGreaterThan(0.1);
  expect(kid(b, a, d)).toBeCloseTo(value, 12);
  expect(kid(shuffled, b, d)).toBeCloseTo(value, 12);
});

test("KID scatters around zero for two sets of one distribution", () => {
  const d = 4;
  const values = Array.from({ length: 40 }, (_, i) =>
    kid(normals(2, "kid.test.null.a", i, 50 * d), normals(2, "kid.test.null.b", i, 70 * d), d),
  );
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  expect(Math.min(...values)).toBeLessThan(0);
  expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(values.length));
});

test("kid refuses a set of one sample and a value that is not finite, and names set and row", () => {
  const good = new Float32Array(6);
  expect(() => kid(good, new Float32Array(3), 3)).toThrow("kid: second set: 1 sample, wanted at least 2");
  expect(() => kid(Float32Array.of(0, 0, 0, 0, Number.NaN, 0), good, 3)).toThrow(
    "kid: first set: row 1, column 1 is NaN",
  );
});
