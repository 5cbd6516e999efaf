// Density and coverage against their definition, and against NumPy.

import { normals } from "@dit-bench/random";
import { describe, expect, test } from "vitest";
import { densityCoverage } from "./density-coverage.ts";

describe("densityCoverage", () => {
  test("gives density 0 and coverage 0 for sets far apart", () => {
    const x = sample(40, 5, 1);
    const far = x.map((v) => v + 1e3);
    expect(densityCoverage(x, far, 5)).toEqual({ density: 0, coverage: 0 });
  });

  test("has the values computed by hand for samples on a line, with one neighbour", () => {
    // real balls: 0±1, 1±1, 5±4; 0.5 lies in two of them, 4 in one, and 9 on the edge of the last, which is open
    const real = Float64Array.of(0, 1, 5);
    expect(densityCoverage(Float64Array.of(0.5, 4, 9), real, 1, 1)).toEqual({ density: 3 / 3, coverage: 1 });
    expect(densityCoverage(Float64Array.of(4, 9), real, 1, 1)).toEqual({ density: 1 / 2, coverage: 1 / 3 });
  });

  // A published rule of thumb that the implementation does not contain: Naeem et al., 2020, Lemma 2 and section 3.
  test("is about 1 and the expected coverage of the paper for two sets of one distribution", () => {
    const k = 5;
    const [m, n, d] = [400, 300, 3];
    const runs = Array.from({ length: 8 }, (_, i) => densityCoverage(sample(m, d, 2 * i), sample(n, d, 2 * i + 1), d));
    const mean = (name: "density" | "coverage") => runs.reduce((sum, run) => sum + run[name], 0) / runs.length;
    let missed = 1;
    for (let i = 1; i <= k; i++) missed *= (n - i) / (m + n - i);
    expect(mean("density")).toBeCloseTo(1, 1);
    expect(mean("coverage")).toBeCloseTo(1 - missed, 2);
  });

  test.each([1, 5])("agrees with counting pair by pair for %i neighbours, over several chunks of samples", (k) => {
    const d = 3;
    const [x, y] = [sample(300, d, 4), sample(270, d, 5).map((v) => v + 0.4)];
    const rows = (z: Float64Array) => Array.from({ length: z.length / d }, (_, i) => z.subarray(i * d, (i + 1) * d));
    const distance = (p: Float64Array, q: Float64Array) => Math.hypot(...p.map((v, i) => v - q[i]!));
    const inside = rows(y).map((p, i) => {
      const others = rows(y).flatMap((q, j) => (i === j ? [] : [distance(p, q)]));
      const radius = others.sort((a, b) => a - b)[k - 1]!;
      return rows(x).filter((q) => distance(p, q) < radius).length;
    });
    const expected = {
      density: inside.reduce((sum, count) => sum + count, 0) / (k * 300),
      coverage: inside.filter((count) => count > 0).length / 270,
    };
    expect(densityCoverage(x, y, d, k)).toEqual(expected);
  });

  // From NumPy: pairwise distances by np.linalg.norm, radii by np.sort(...)[:, 5], the counts as in the package prdc.
  test("has the values of a NumPy implementation on sets that a formula makes", () => {
    const set = (n: number, phase: number) =>
      Float64Array.from({ length: n * 4 }, (_, i) => Math.sin(1.7 * i + phase) + Math.cos(0.3 * i * (1 + phase)));
    const { density, coverage } = densityCoverage(
      set(60, 0.5).map((v) => v + 0.7),
      set(50, 0),
      4,
    );
    expect(density).toBeCloseTo(202 / 300, 12);
    expect(coverage).toBeCloseTo(40 / 50, 12);
  });

  test("gives 0 for copies of an image that the real set has more than k times: its open ball has radius 0", () => {
    const d = 150; // at as many dimensions, |x|² + |y|² - 2 x·y of equal rows is not 0 in double precision
    const real = sample(33, d, 6);
    for (let i = 25; i < 33; i++) real.set(real.subarray(0, d), i * d);
    const copies = Float64Array.from({ length: 21 * d }, (_, i) => real[i % d]!);
    expect(densityCoverage(copies, real, d)).toEqual({ density: 0, coverage: 0 });
  });

  test("refuses too few samples, values that are not finite, and 0 neighbours", () => {
    expect(() => densityCoverage(sample(9, 2, 1), sample(5, 2, 1), 2)).toThrow("9 generated and 5 real samples");
    expect(() => densityCoverage(sample(9, 2, 1), new Float32Array(18).fill(Number.NaN), 2)).toThrow("is NaN");
    expect(() => densityCoverage(sample(9, 2, 1), sample(9, 2, 1), 2, 0)).toThrow("0 neighbours");
  });
});

function sample(n: number, d: number, seed: number): Float64Array {
  return Float64Array.from(normals(seed, "density-coverage.test", 0, n * d));
}
