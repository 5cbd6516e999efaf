import { normals } from "@dit-bench/random";
import { expect, test } from "vitest";
import { statistics } from "../statistics.ts";
import { frechetDistance } from "./frechet-distance.ts";
import { frechetInterval } from "./frechet-interval.ts";

// Generated features: n draws from a Gaussian of independent dimensions, mean `shift` and deviation 1.2; reference: N(0, 1).
const draw = (index: number, n: number, d: number, shift: number) =>
  normals(7, "frechet-interval.test", index, n * d).map((v) => 1.2 * v + shift);
const standardNormal = (d: number) => ({
  dimension: d,
  count: 1000,
  mean: new Float64Array(d),
  covariance: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)),
});

test("95 % intervals hold the mean distance at that number of samples in 90 to 99 % of 150 cases", () => {
  const [n, d, shift] = [80, 4, 0.5];
  const reference = standardNormal(d);
  let mean = 0;
  const draws = 3000;
  for (let i = 0; i < draws; i++) mean += frechetDistance(statistics(draw(i, n, d, shift), d), reference) / draws;
  const cases = 150;
  let held = 0;
  let bias = 0;
  for (let i = 0; i < cases; i++) {
    const r = frechetInterval(draw(draws + i, n, d, shift), reference, d, { seed: i, resamples: 120 });
    if (r.low <= mean && mean <= r.high) held++;
    bias += r.bias / cases;
  }
  expect(held / cases).toBeGreaterThan(0.9);
  expect(held / cases).toBeLessThan(0.99);
  // The distance of infinitely many samples is d (shift² + 0.2²); the estimate of the excess over it is right to first order.
  const excess = mean - d * (shift ** 2 + 0.2 ** 2);
  expect(bias).toBeGreaterThan(0.7 * excess);
  expect(bias).toBeLessThan(1.3 * excess);
});

test("the interval holds its own distance even where bias is most of it", () => {
  const d = 16;
  const r = frechetInterval(draw(9000, 30, d, 0), standardNormal(d), d, { seed: 1 });
  expect(r.bias).toBeGreaterThan(0.3 * r.distance);
  expect(r.low).toBeLessThan(r.distance);
  expect(r.high).toBeGreaterThan(r.distance);
});

test("more samples and a lower level give a narrower interval", () => {
  const d = 3;
  const reference = standardNormal(d);
  const width = (n: number, level: number) => {
    const r = frechetInterval(draw(9001, n, d, 0.4), reference, d, { seed: 3, level });
    return r.high - r.low;
  };
  expect(width(400, 0.95)).toBeLessThan(0.7 * width(100, 0.95));
  expect(width(100, 0.5)).toBeLessThan(0.6 * width(100, 0.95));
});

test("the same seed gives the same interval, another seed a slightly different one", () => {
  const d = 3;
  const at = (seed: number) => frechetInterval(draw(9002, 50, d, 0.4), standardNormal(d), d, { seed, resamples: 50 });
  expect(at(1)).toEqual(at(1));
  expect(at(2).distance).toBe(at(1).distance);
  expect(at(2).low).not.toBe(at(1).low);
});

test("reference features are drawn anew as well, which widens the interval when they are few", () => {
  const d = 3;
  const x = draw(9003, 200, d, 0.5);
  const few = normals(7, "frechet-interval.test.reference", 0, 40 * d);
  const fixed = frechetInterval(x, statistics(few, d), d, { seed: 1 });
  const both = frechetInterval(x, few, d, { seed: 1 });
  expect(both.distance).toBe(fixed.distance);
  expect(both.high - both.low).toBeGreaterThan(1.3 * (fixed.high - fixed.low));
});

test("options out of range and a reference of another dimension are refused", () => {
  const x = draw(9004, 10, 2, 0);
  expect(() => frechetInterval(x, standardNormal(2), 2, { seed: 1, resamples: 5 })).toThrow("resamples is 5");
  expect(() => frechetInterval(x, standardNormal(2), 2, { seed: 1, level: 95 })).toThrow("level is 95");
  expect(() => frechetInterval(x, standardNormal(3), 2, { seed: 1 })).toThrow(
    "the reference has dimension 3, the generated features 2",
  );
});
