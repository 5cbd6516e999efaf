// The Fréchet distance against golden values, and its mathematical properties.

import { normals, permutation } from "@dit-bench/random";
import { describe, expect, test } from "vitest";
import { readFixture } from "../fixtures/safetensors.test.helper.ts";
import { type Statistics, statistics } from "../statistics.ts";
import { distanceOfPrepared, frechetDistance, prepareStatistics } from "./frechet-distance.ts";

const fixtures = { ...readFixture("fid.safetensors"), ...readFixture("fid_large.safetensors") };

describe("frechetDistance agrees with pytorch-fid and a symmetric eigenvalue solver", () => {
  test.each([
    ["full_d8", 8, 1e-8],
    ["full_d64", 64, 1e-8],
    ["full_d256", 256, 1e-8],
    ["equalcov_d64", 64, 1e-8],
    ["deficient_d64", 64, 1e-6],
    ["halfdeficient_d64", 64, 1e-6],
  ])("for the statistics %s in %i dimensions, to a relative %f", (name, d, tolerance) => {
    const distance = frechetDistance(stored(name, 1, d), stored(name, 2, d));
    for (const golden of ["distance_eigenvalues", "distance"]) {
      const wanted = fixtures[`${name}.${golden}`]![0]!;
      expect(Math.abs(distance - wanted) / wanted).toBeLessThan(tolerance);
    }
  });

  test.each([
    ["full_d8", 8, 1e-8],
    ["full_d64", 64, 1e-8],
    ["deficient_d64", 64, 1e-6],
    ["halfdeficient_d64", 64, 1e-6],
  ])("for the features of %s in %i dimensions, to a relative %f", (name, d, tolerance) => {
    const distance = frechetDistance(
      statistics(fixtures[`${name}.features1`]!, d),
      statistics(fixtures[`${name}.features2`]!, d),
    );
    const wanted = fixtures[`${name}.distance_eigenvalues`]![0]!;
    expect(Math.abs(distance - wanted) / wanted).toBeLessThan(tolerance);
  });

  test("for equal covariances, with the squared distance between the means as result", () => {
    const distance = frechetDistance(stored("equalcov_d64", 1, 64), stored("equalcov_d64", 2, 64));
    expect(distance).toBeCloseTo(fixtures["equalcov_d64.distance_exact"]![0]!, 12);
  });
});

describe("frechetDistance of a set to itself", () => {
  test.each([
    ["of full rank", 400, 32],
    ["with fewer samples than dimensions", 20, 64],
    ["of two samples", 2, 16],
  ])("is 0 for a set %s, and below 1e-9 when its rows are shuffled", (_, n, d) => {
    const x = features(n, d, 1);
    const order = permutation(1, "frechet-distance.test.order", 0, n);
    const shuffled = x.map((_, i) => x[order[Math.floor(i / d)]! * d + (i % d)]!);
    expect(frechetDistance(statistics(x, d), statistics(x, d))).toBe(0);
    expect(frechetDistance(statistics(x, d), statistics(shuffled, d))).toBeLessThan(1e-9);
  });

  test("is below 1e-9 when computed by singular values, for variances over 12 decades", () => {
    const d = 40;
    const x = features(100, d, 2).map((v, i) => v * 10 ** (-(i % d) * 0.15));
    const once = prepareStatistics(statistics(x, d));
    expect(distanceOfPrepared(once, once)).toBeLessThan(1e-9);
  });
});

describe("frechetDistance", () => {
  const d = 12;
  const x = features(60, d, 3);
  const y = features(45, d, 4).map((v, i) => v * (1 + 0.1 * (i % d)) + 0.3);
  const distance = frechetDistance(statistics(x, d), statistics(y, d));

  test("does not change when both sets are shifted equally", () => {
    const moved = (z: Float64Array) =>
      statistics(
        z.map((v, i) => v + 5 * Math.sin(i % d)),
        d,
      );
    expect(relative(frechetDistance(moved(x), moved(y)), distance)).toBeLessThan(1e-12);
  });

  test.each([1e-60, 0.01, 3, 1e70])("scales by the square when both sets are scaled by %f", (c) => {
    const scaled = (z: Float64Array) =>
      statistics(
        z.map((v) => c * v),
        d,
      );
    expect(relative(frechetDistance(scaled(x), scaled(y)), c * c * distance)).toBeLessThan(1e-12);
  });

  test("depends neither on the order of samples nor on the common order of dimensions", () => {
    const dims = permutation(5, "frechet-distance.test.dims", 0, d);
    const permuted = (z: Float64Array) => {
      const n = z.length / d;
      return statistics(
        z.map((_, i) => z[(n - 1 - Math.floor(i / d)) * d + dims[i % d]!]!),
        d,
      );
    };
    expect(relative(frechetDistance(permuted(x), permuted(y)), distance)).toBeLessThan(1e-12);
  });

  test("does not change when both sets are rotated equally", () => {
    const rotated = (z: Float64Array) => {
      const out = Float64Array.from(z);
      for (let i = 0; i < z.length; i += d)
        for (let j = 0; j + 1 < d; j++) {
          const [a, b] = [out[i + j]!, out[i + j + 1]!];
          out[i + j] = 0.6 * a - 0.8 * b;
          out[i + j + 1] = 0.8 * a + 0.6 * b;
        }
      return statistics(out, d);
    };
    expect(relative(frechetDistance(rotated(x), rotated(y)), distance)).toBeLessThan(1e-12);
  });

  test.each([
    [60, 45],
    [60, 60],
    [5, 60],
    [5, 7],
  ])("has the same bits when sets of %i and %i samples are swapped", (n, m) => {
    const a = statistics(features(n, d, 6), d);
    const b = statistics(features(m, d, 7), d);
    expect(frechetDistance(a, b)).toBe(frechetDistance(b, a));
  });

  test("is the sum of (μ1 - μ2)² + (σ1 - σ2)² for independent dimensions", () => {
    const diagonal = (mean: number[], deviation: number[]): Statistics => ({
      dimension: mean.length,
      count: 100,
      mean: Float64Array.from(mean),
      covariance: Float64Array.from(mean.flatMap((_, i) => mean.map((_, j) => (i === j ? deviation[i]! ** 2 : 0)))),
    });
    const a = diagonal([1, 2, 3, 0], [1, 0.5, 0, 2]);
    const b = diagonal([0, 2, 5, 0], [3, 0, 0.25, 2]);
    expect(frechetDistance(a, b)).toBeCloseTo(1 + 0 + 4 + (4 + 0.25 + 0.0625), 13);
  });

  const n = 96;
  test.each<[string, (i: number) => number, (i: number) => number]>([
    ["of full rank", (i) => 10 ** ((-4 * i) / n), (i) => 10 ** ((-4 * ((i * 7) % n)) / n)],
    ["over twelve decades", (i) => 10 ** ((-12 * i) / n), (i) => 10 ** ((-12 * ((i * 7) % n)) / n)],
    ["singular", (i) => (i < n / 3 ? 1 / (i + 1) : 0), (i) => (i % 2 ? 1 / (i + 2) : 0)],
  ])(
    "of covariances with common eigenvectors is the sum of the eigenvalues' (σ1 - σ2)², to 1e-12: %s",
    (_, first, second) => {
      const indices = Array.from({ length: n }, (_, i) => i);
      const s = (variance: (i: number) => number): Statistics => ({
        dimension: n,
        count: 100,
        mean: new Float64Array(n),
        covariance: rotatedDiagonal(indices.map(variance)),
      });
      const wanted = indices.reduce((sum, i) => sum + (Math.sqrt(first(i)) - Math.sqrt(second(i))) ** 2, 0);
      expect(relative(frechetDistance(s(first), s(second)), wanted)).toBeLessThan(1e-12);
    },
  );

  test("is the mean squared distance to the point for a set and a single repeated point", () => {
    const point = statistics(new Float64Array(3 * d).fill(2), d);
    const s = statistics(x, d);
    let wanted = 0;
    for (let j = 0; j < d; j++) wanted += (s.mean[j]! - 2) ** 2 + s.covariance[j * d + j]!;
    expect(relative(frechetDistance(point, s), wanted)).toBeLessThan(1e-13);
    expect(frechetDistance(point, statistics(new Float64Array(2 * d).fill(3), d))).toBe(d);
  });
});

describe("frechetDistance refuses", () => {
  const good = statistics(features(9, 2, 8), 2);
  const having = (part: Partial<Statistics>): Statistics => ({ ...good, ...part });

  test("statistics of different dimensions", () => {
    expect(() => frechetDistance(good, statistics(features(9, 3, 8), 3))).toThrow(
      "the first statistics have dimension 2, the second 3",
    );
  });
  test.each<[string, Partial<Statistics>]>([
    ["mean has 1 values and covariance 4, wanted 2 and 4", { mean: Float64Array.of(1) }],
    ["element 1 of the mean is NaN", { mean: Float64Array.of(1, Number.NaN) }],
    [
      "element (1, 0) of the covariance is Infinity",
      { covariance: Float64Array.of(1, 0, Number.POSITIVE_INFINITY, 1) },
    ],
    ["not symmetric: 0.2 at (1, 0), 0.1 at (0, 1)", { covariance: Float64Array.of(1, 0.1, 0.2, 1) }],
    ["not positive semidefinite", { covariance: Float64Array.of(1, 2, 2, 1) }],
    ["not positive semidefinite", { covariance: Float64Array.of(-1, 0, 0, -1) }],
  ])("invalid statistics, with the message '%s'", (message, part) => {
    expect(() => frechetDistance(having(part), good)).toThrow(message);
    expect(() => frechetDistance(good, having(part))).toThrow(message);
  });
});

function features(n: number, d: number, seed: number): Float64Array {
  return Float64Array.from(normals(seed, "frechet-distance.test", 0, n * d));
}

/** A symmetric matrix with these eigenvalues; two fixed Householder reflections give its eigenvectors. */
function rotatedDiagonal(eigenvalues: number[]): Float64Array {
  const n = eigenvalues.length;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) a[i * n + i] = eigenvalues[i]!;
  for (const index of [0, 1]) {
    const v = Float64Array.from(normals(9, "frechet-distance.test.turn", index, n));
    const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    const u = v.map((x) => x / length);
    const au = u.map((_, i) => u.reduce((sum, x, j) => sum + a[i * n + j]! * x, 0));
    const uau = u.reduce((sum, x, i) => sum + x * au[i]!, 0);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        a[i * n + j] = a[i * n + j]! - 2 * (u[i]! * au[j]! + au[i]! * u[j]!) + 4 * uau * u[i]! * u[j]!;
        a[j * n + i] = a[i * n + j]!;
      }
  }
  return a;
}

function stored(name: string, set: number, dimension: number): Statistics {
  const mean = fixtures[`${name}.mu${set}`]!;
  return { dimension, count: 100, mean, covariance: fixtures[`${name}.sigma${set}`]! };
}

function relative(value: number, wanted: number): number {
  return Math.abs(value - wanted) / Math.abs(wanted);
}
