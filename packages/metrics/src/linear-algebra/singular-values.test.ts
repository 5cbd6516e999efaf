// Singular values of matrices built to have them, and roots of covariances of known rank.

import { normals, permutation } from "@dit-bench/random";
import { expect, test } from "vitest";
import { covarianceRoot } from "./pivoted-cholesky.ts";
import { singularValues } from "./singular-values.ts";

/** A matrix of m columns with these singular values: a diagonal matrix between random Householder reflections. */
function withSingularValues(values: number[], m: number): Float64Array {
  const n = values.length;
  const a = new Float64Array(n * m);
  values.forEach((s, i) => {
    a[i * m + i] = s;
  });
  for (let k = 0; k < 3; k++) {
    const u = normals(1, "singular-values.test.left", k, m);
    const v = normals(1, "singular-values.test.right", k, n);
    const uu = u.reduce((s, x) => s + x * x, 0);
    const vv = v.reduce((s, x) => s + x * x, 0);
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let i = 0; i < m; i++) dot += u[i]! * a[j * m + i]!;
      for (let i = 0; i < m; i++) a[j * m + i] = a[j * m + i]! - (2 * dot * u[i]!) / uu;
    }
    for (let i = 0; i < m; i++) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += v[j]! * a[j * m + i]!;
      for (let j = 0; j < n; j++) a[j * m + i] = a[j * m + i]! - (2 * dot * v[j]!) / vv;
    }
  }
  return a;
}

test.each([
  ["one row", [3], 5],
  ["a square matrix whose side is no multiple of the block", Array.from({ length: 37 }, (_, i) => 1 + i), 37],
  ["a wide matrix of several blocks", Array.from({ length: 70 }, (_, i) => 1 / (1 + i)), 101],
  ["values over sixteen decades", Array.from({ length: 33 }, (_, i) => 10 ** (-i / 2)), 40],
  ["many equal values", Array.from({ length: 50 }, (_, i) => (i < 25 ? 2 : 1)), 50],
  ["many zeros", Array.from({ length: 50 }, (_, i) => (i < 20 ? 20 - i : 0)), 60],
])(
  "singularValues finds the values that a matrix was built from, to the rounding of the largest: %s",
  (_, values, m) => {
    const found = singularValues(withSingularValues(values, m), values.length, m).sort().reverse();
    const wanted = [...values].sort((a, b) => b - a);
    for (const [i, s] of wanted.entries()) expect(Math.abs(found[i]! - s)).toBeLessThan(1e-13 * wanted[0]!);
  },
);

test("singularValues of a zero matrix are zero, and of an empty matrix none", () => {
  expect([...singularValues(new Float64Array(12), 3, 4)]).toEqual([0, 0, 0]);
  expect(singularValues(new Float64Array(0), 0, 4).length).toBe(0);
});

test("singularValues refuses a matrix with more rows than columns", () => {
  expect(() => singularValues(new Float64Array(12), 4, 3)).toThrow("matrix is [4, 3]");
});

test.each([
  [5, 5],
  [90, 90],
  [90, 33],
  [90, 64],
  [40, 1],
  [40, 0],
])("covarianceRoot of %i dimensions finds rank %i", (d, rank) => {
  const x = normals(2, "singular-values.test.rank", 0, Math.max(rank, 1) * d);
  const order = permutation(2, "singular-values.test.order", 0, d);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      for (let k = 0; k < rank; k++)
        covariance[i * d + j] = covariance[i * d + j]! + x[k * d + order[i]!]! * x[k * d + order[j]!]!;
  const root = covarianceRoot(covariance, d);
  expect(root.rank).toBe(rank);
  expect([...root.pivots_D].sort((a, b) => a - b)).toEqual(Array.from({ length: d }, (_, i) => i));
  for (let i = 0; i < rank; i++) for (let k = 0; k < i; k++) expect(root.root_RD[i * d + root.pivots_D[k]!]).toBe(0);
  let largest = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += root.root_RD[k * d + i]! * root.root_RD[k * d + j]!;
      largest = Math.max(largest, Math.abs(sum - covariance[i * d + j]!));
    }
  expect(largest).toBeLessThan(1e-12 * Math.max(1, rank));
});
