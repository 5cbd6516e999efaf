// Tests the ranges and ticks of axes.

import fc from "fast-check";
import { expect, test } from "vitest";
import { linearAxis, logAxis } from "./axes.ts";

test("logAxis from 20 thousand to 1.8 million has ticks at 1 and 3 times the powers of ten", () => {
  expect(logAxis([20_000, 27_000, 1_800_000]).ticks).toEqual([1e4, 3e4, 1e5, 3e5, 1e6, 3e6]);
});

test("logAxis spans at least a decade for a single value, and has one tick per decade for many decades", () => {
  expect(logAxis([27_000])).toEqual({ min: 5000, max: 1e5, ticks: [5e3, 1e4, 2e4, 5e4, 1e5] });
  expect(logAxis([0.02, 80_000]).ticks).toEqual([0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5]);
});

test("linearAxis contains the values and ends at round ticks", () => {
  expect(linearAxis([5, 55]).ticks).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(linearAxis([50, 55]).ticks).toEqual([49, 50, 51, 52, 53, 54, 55, 56]);
  expect(linearAxis([14.5, 33]).ticks).toEqual([10, 15, 20, 25, 30, 35]);
  expect(linearAxis([0.1, 0.4]).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(linearAxis([7]).ticks.length).toBeGreaterThan(2);
});

test("linearAxis goes below zero only if a value does", () => {
  expect(linearAxis([0, 100]).min).toBe(0);
  expect(linearAxis([1, 100]).min).toBe(0);
  expect(linearAxis([-1, 100]).min).toBeLessThan(-1);
});

test("every axis contains its values between its first and last tick, with 3 to 15 ticks in order", () => {
  const values = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 5 });
  const property = fc.property(values, (all) => {
    for (const axis of [linearAxis(all), logAxis(all)]) {
      expect(axis.min).toBe(axis.ticks[0]);
      expect(axis.max).toBe(axis.ticks.at(-1));
      expect(axis.min).toBeLessThanOrEqual(Math.min(...all));
      expect(axis.max).toBeGreaterThanOrEqual(Math.max(...all));
      expect(axis.ticks.length).toBeGreaterThanOrEqual(3);
      expect(axis.ticks.length).toBeLessThanOrEqual(15);
      expect(axis.ticks).toEqual([...new Set(axis.ticks)].sort((a, b) => a - b));
    }
  });
  fc.assert(property, { numRuns: 500, seed: 2 });
});
