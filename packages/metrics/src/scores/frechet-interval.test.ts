// Coverage and bias of the bootstrap interval, in simulations with Gaussians.

import { normals } from "@dit-bench/random";
import { expect, test } from "vitest";
import { statistics } from "../statistics.ts";
import { frechetDistance } from "./frechet-distance.ts";
import { frechetInterval } from "./frechet-interval.ts";

/** n samples of a Gaussian with independent dimensions, mean `shift` and deviation 1.2; the reference is N(0, 1). */
const sampleSet = (index: number, n: number, d: number, shift: number) =>
  normals(7, "frechet-interval.test", index, n * d).map((v) => 1.2 * v + shift);
const standardNormal = (d: number) => ({
  dimension: d,
  count: 1000,
  mean: new Float64Array(d),
  covariance: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)),
});

test("95 % intervals contain the mean Fréchet distance at that number of samples in 90 to 99 % of 150 cases", () => {
  const [n, d, shift] = [80, 4, 0.5];
  const reference = standardNormal(d);
  let mean = 0;
  const simulations = 3000;
  for (let i = 0; i < simulations; i++)
    mean += frechetDistance(statistics(sampleSet(i, n, d, shift), d), reference) / simulations;
  const cases = 150;
  let covered = 0;
  let bias = 0;
  for (let i = 0; i < cases; i++) {
    const r = frechetInterval(sampleSet(simulations + i, n, d, shift), reference, d, { seed: i, resamples: 120 });
    if (r.low <= mean && mean <= r.high) covered++;
    bias += r.bias / cases;
  }
  expect(covered / cases).toBeGreaterThan(0.9);
  expect(covered / cases).toBeLessThan(0.99);
  // The limit for infinitely many samples is d (shift² + 0.2²); `bias` estimates the excess over it to first order.
  const excess = mean - d * (shift ** 2 + 0.2 ** 2);
  expect(bias).toBeGreaterThan(0.7 * excess);
  expect(bias).toBeLessThan(1.3 * excess);
});

test("the interval contains the Fréchet distance of its samples even where bias is most of that", () => {
  const d = 16;
  const r = frechetInterval(sampleSet(9000, 30, d, 0), standardNormal(d), d, { seed: 1 });
  expect(r.bias).toBeGreaterThan(0.3 * r.distance);
  expect(r.low).toBeLessThan(r.distance);
  expect(r.high).toBeGreaterThan(r.distance);
});

test("more samples and a lower level give a narrower interval", () => {
  const d = 3;
  const reference = standardNormal(d);
  const width = (n: number, level: number) => {
    const r = frechetInterval(sampleSet(9001, n, d, 0.4), reference, d, { seed: 3, level });
    return r.high - r.low;
  };
  expect(width(400, 0.95)).toBeLessThan(0.7 * width(100, 0.95));
  expect(width(100, 0.5)).toBeLessThan(0.6 * width(100, 0.95));
});

test("the same seed gives the same interval, another seed a slightly different one", () => {
  const d = 3;
  const at = (seed: number) =>
    frechetInterval(sampleSet(9002, 50, d, 0.4), standardNormal(d), d, { seed, resamples: 50 });
  expect(at(1)).toEqual(at(1));
  expect(at(2).distance).toBe(at(1).distance);
  expect(at(2).low).not.toBe(at(1).low);
});

test("reference features are resampled as well, which widens the interval when they are few", () => {
  const d = 3;
  const x = sampleSet(9003, 200, d, 0.5);
  const few = normals(7, "frechet-interval.test.reference", 0, 40 * d);
  const fixed = frechetInterval(x, statistics(few, d), d, { seed: 1 });
  const both = frechetInterval(x, few, d, { seed: 1 });
  expect(both.distance).toBe(fixed.distance);
  expect(both.high - both.low).toBeGreaterThan(1.3 * (fixed.high - fixed.low));
});

test("frechetInterval refuses options out of range and a reference of another dimension", () => {
  const x = sampleSet(9004, 10, 2, 0);
  expect(() => frechetInterval(x, standardNormal(2), 2, { seed: 1, resamples: 5 })).toThrow("resamples is 5");
  expect(() => frechetInterval(x, standardNormal(2), 2, { seed: 1, level: 95 })).toThrow("level is 95");
  expect(() => frechetInterval(x, standardNormal(3), 2, { seed: 1 })).toThrow(
    "the reference has dimension 3, the generated features 2",
  );
});
