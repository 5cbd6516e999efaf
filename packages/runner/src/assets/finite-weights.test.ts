// Values of weights that are not finite, at every position of a block.

import { expect, test } from "vitest";
import { finiteWeights } from "./finite-weights.ts";

const makeError = (what: string) => new Error(`file: ${what}`);

test.each([0, 1, 4094, 4095, 4096, 8191, 8192, 9999])(
  "finiteWeights finds the first value that is not finite at index %i",
  (at) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const data = new Float32Array(10_000).fill(-3e38);
      data[9999] = Number.NaN;
      data[at] = value;
      expect(() => finiteWeights("w", { type: "F32", shape: [10_000], data }, makeError)).toThrow(
        `file: number ${at} of 'w' is ${value}, wanted finite numbers`,
      );
    }
  },
);

test("finiteWeights gives back finite numbers: the largest, the smallest, zeros of both signs", () => {
  const data = Float32Array.from({ length: 10_000 }, (_, i) => [3.4e38, -3.4e38, 1e-45, -0][i % 4]!);
  expect(finiteWeights("w", { type: "F32", shape: [10_000], data }, makeError)).toBe(data);
});
