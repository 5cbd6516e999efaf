// The copy rate on models that copy and models that do not, and against NumPy.

import { normals } from "@dit-bench/random";
import { describe, expect, test } from "vitest";
import { type CopyRateOptions, copyRate } from "./copy-rate.ts";

const options: CopyRateOptions = { resamples: 100, seed: 0, level: 0.95 };
const D = 8;

describe("copyRate", () => {
  test("is near 0.05 for samples of the data's distribution, which its interval contains", () => {
    const runs = Array.from({ length: 10 }, (_, i) =>
      copyRate(sample(400, `g${i}`), sample(300, `t${i}`), sample(100, `h${i}`), D, options),
    );
    expect(runs.reduce((sum, { rate }) => sum + rate, 0) / 10).toBeCloseTo(0.05, 1.5);
    expect(runs.filter(({ low, high }) => low <= 0.05 && high >= 0.05).length).toBeGreaterThanOrEqual(8);
  });

  test("is 1 for training images with a little noise", () => {
    const training = sample(100, "t");
    const copies = training.map((v, i) => v + 1e-3 * Math.sin(i));
    const { rate, low, high } = copyRate(copies, training, sample(60, "h"), D, options);
    expect({ rate, low, high }).toEqual({ rate: 1, low: 1, high: 1 });
  });

  test("rises by the share of copies where only some samples are copies", () => {
    const training = sample(300, "t");
    const generated = sample(400, "g");
    generated.set(training.subarray(0, 80 * D));
    const none = copyRate(sample(400, "g").subarray(80 * D), training, sample(200, "h"), D, options).rate;
    const { rate, low } = copyRate(generated, training, sample(200, "h"), D, options);
    expect(rate).toBeCloseTo(0.2 + 0.8 * none, 12);
    expect(low).toBeGreaterThan(0.15);
  });

  test("is 0 for samples far from all images", () => {
    const far = sample(50, "g").map((v) => v + 100);
    expect(copyRate(far, sample(60, "t"), sample(60, "h"), D, options)).toMatchObject({ rate: 0, low: 0, high: 0 });
  });

  // From NumPy: pairwise distances by np.linalg.norm, the quantile by np.quantile(…, 0.05, method="weibull").
  test("has the values of a NumPy implementation on sets that a formula makes", () => {
    const set = (n: number, phase: number) =>
      Float64Array.from({ length: n * 4 }, (_, i) => Math.sin(1.7 * i + phase) + Math.cos(0.3 * i * (1 + phase)));
    const { rate, distance } = copyRate(set(60, 0.25), set(50, 0), set(40, 0.2), 4, options);
    expect(distance).toBeCloseTo(0.158273188424042, 12);
    expect(rate).toBe(5 / 60);
  });

  test("finds the nearest of more training images than are compared at once", () => {
    const only = sample(1, "only");
    const training = new Float64Array(5000 * D).fill(50);
    training.set(only, 4999 * D);
    const copies = Float64Array.of(...only, ...only);
    expect(copyRate(copies, training, sample(40, "h"), D, options).rate).toBe(1);
  });

  test("is 0 where held-out images equal training images: no sample is nearer, also not a copy", () => {
    const many = 300; // at as many dimensions, |x|² + |y|² - 2 x·y of equal rows is not 0 in double precision
    const of = (n: number, name: string) => Float64Array.from(normals(0, name, 0, n * many));
    const training = of(60, "t");
    const [heldOut, copies] = [of(40, "h"), training.slice(30 * many)];
    heldOut.set(training.subarray(0, 4 * many));
    expect(copyRate(copies, training, heldOut, many, options)).toMatchObject({ rate: 0, distance: 0 });
  });

  test("gives the same interval for the same seed, and another for another seed", () => {
    const of = (seed: number) => copyRate(sample(200, "g"), sample(100, "t"), sample(50, "h"), D, { ...options, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
  });

  test("refuses values that are not finite, with the name of the set", () => {
    const bad = new Float32Array(5 * D).fill(Number.NaN);
    expect(() => copyRate(sample(9, "g"), sample(9, "t"), bad, D, options)).toThrow(/held-out set: row 0.* is NaN/);
  });
});

function sample(n: number, name: string): Float64Array {
  return Float64Array.from(normals(0, `copy-rate.test ${name}`, 0, n * D));
}
