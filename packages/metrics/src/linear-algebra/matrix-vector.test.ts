// Matrix-vector multiplication against plain sums.

import { expect, test } from "vitest";
import { matrixVectorKernels } from "./matrix-vector.ts";

const wave = (count: number, phase: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase));

test.each([
  [1, 1],
  [4, 2],
  [3, 5],
  [6, 7],
  [9, 64],
  [13, 1],
  [1, 30],
])("multiply and addTransposedMultiply of a [%i, %i] block within a larger matrix agree with plain sums", (m, n) => {
  const stride = n + 3;
  const { arrays, multiply, addTransposedMultiply } = matrixVectorKernels({
    ...{ before: [1, 5], a: [m + 1, stride], along: [1, n], across: [1, m], after: [2, 40] },
  } as const);
  for (const array of Object.values(arrays)) array.fill(1e6); // numbers outside of the block must not enter a sum
  arrays.a.set(wave((m + 1) * stride, 0));
  const a = { data: arrays.a, offset: stride + 2, stride };
  const at = (i: number, j: number) => arrays.a[(i + 1) * stride + 2 + j]!;

  const x = wave(n, 1);
  arrays.along.set(x);
  multiply(arrays.across, a, arrays.along, m, n);
  for (let i = 0; i < m; i++)
    expect(arrays.across[i]).toBeCloseTo(
      x.reduce((sum, value, j) => sum + at(i, j) * value, 0),
      13,
    );

  const [y, start] = [wave(m, 2), wave(n, 3)];
  arrays.across.set(y);
  arrays.along.set(start);
  addTransposedMultiply(arrays.along, a, arrays.across, m, n);
  for (let j = 0; j < n; j++) {
    const sum = y.reduce((sum, value, i) => sum + at(i, j) * value, start[j]!);
    expect(arrays.along[j]).toBeCloseTo(sum, 13);
  }
  for (const [name, length] of Object.entries({ before: 5, after: 80 }))
    expect(new Set(arrays[name as "before" | "after"].subarray(0, length))).toEqual(new Set([1e6]));
});

test("multiply over zero columns gives zeros, and addTransposedMultiply over zero rows adds nothing", () => {
  const { arrays, multiply, addTransposedMultiply } = matrixVectorKernels({ a: [3, 3], x: [1, 3], y: [1, 3] });
  arrays.y.fill(7);
  const a = { data: arrays.a, offset: 0, stride: 3 };
  addTransposedMultiply(arrays.y, a, arrays.x, 0, 3);
  expect([...arrays.y.subarray(0, 3)]).toEqual([7, 7, 7]);
  multiply(arrays.y, a, arrays.x, 3, 0);
  expect([...arrays.y.subarray(0, 3)]).toEqual([0, 0, 0]);
});
