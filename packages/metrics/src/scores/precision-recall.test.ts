// Precision and recall against their definition.

import { normals } from "@dit-bench/random";
import { describe, expect, test } from "vitest";
import { precisionRecall } from "./precision-recall.ts";

describe("precisionRecall", () => {
  test("gives precision 1 and recall 1 for a set and itself", () => {
    const x = sample(40, 5, 1);
    expect(precisionRecall(x, x, 5)).toEqual({ precision: 1, recall: 1 });
  });

  test("gives precision 0 and recall 0 for sets far apart", () => {
    const x = sample(40, 5, 1);
    expect(precisionRecall(x, moved(x, 1e3), 5)).toEqual({ precision: 0, recall: 0 });
  });

  test("has the values computed by hand for samples on a line, with one neighbour", () => {
    // real balls: 0±1, 1±1, 5±4; generated balls: 1.5±10.5, 12±3, 15±3
    const real = Float64Array.of(0, 1, 5);
    const generated = Float64Array.of(1.5, 12, 15);
    expect(precisionRecall(generated, real, 1, 1)).toEqual({ precision: 1 / 3, recall: 1 });
    // balls are closed: 9 lies on the edge of 5±4
    expect(precisionRecall(Float64Array.of(9, 100), real, 1, 1).precision).toBe(1 / 2);
  });

  test("swaps precision and recall when the sets are swapped", () => {
    const [x, y] = [sample(50, 4, 2), moved(sample(30, 4, 3), 0.7)];
    const one = precisionRecall(x, y, 4);
    expect(precisionRecall(y, x, 4)).toEqual({ precision: one.recall, recall: one.precision });
    expect(one.precision).toBeGreaterThan(0);
    expect(one.precision).toBeLessThan(1);
  });

  test.each([1, 3, 5])("agrees with counting pair by pair for %i neighbours, over several chunks of samples", (k) => {
    const d = 3;
    const [x, y] = [sample(300, d, 4), moved(sample(270, d, 5), 0.4)];
    const slow = pairByPair(d, k);
    expect(precisionRecall(x, y, d, k)).toEqual({ precision: slow(x, y), recall: slow(y, x) });
  });

  test("does not change when both sets are shifted far from zero", () => {
    const [x, y] = [sample(60, 4, 6), moved(sample(60, 4, 7), 0.5)];
    const near = precisionRecall(x, y, 4);
    expect(precisionRecall(moved(x, 2 ** 20), moved(y, 2 ** 20), 4)).toEqual(near);
  });

  test("refuses too few samples, values that are not finite, and 0 neighbours", () => {
    expect(() => precisionRecall(sample(3, 2, 1), sample(9, 2, 1), 2)).toThrow("3 generated and 9 real samples");
    expect(() => precisionRecall(sample(9, 2, 1), new Float32Array(18).fill(Number.NaN), 2)).toThrow("is NaN");
    expect(() => precisionRecall(sample(9, 2, 1), sample(9, 2, 1), 2, 0)).toThrow("0 neighbours");
  });
});

function sample(n: number, d: number, seed: number): Float64Array {
  return Float64Array.from(normals(seed, "precision-recall.test", 0, n * d));
}

function moved(x: Float64Array, by: number): Float64Array {
  return x.map((v) => v + by);
}

/** The definition, pair by pair: the share of one set that lies within balls of the other. */
function pairByPair(d: number, k: number) {
  const row = (z: Float64Array, i: number) => z.subarray(i * d, (i + 1) * d);
  const distance = (p: Float64Array, q: Float64Array) => Math.hypot(...p.map((v, i) => v - q[i]!));
  const rows = (z: Float64Array) => Array.from({ length: z.length / d }, (_, i) => row(z, i));
  return (of: Float64Array, within: Float64Array) => {
    const balls = rows(within).map((p, i) => {
      const others = rows(within).flatMap((q, j) => (i === j ? [] : [distance(p, q)]));
      return { p, radius: others.sort((a, b) => a - b)[k - 1]! };
    });
    const inside = rows(of).filter((q) => balls.some(({ p, radius }) => distance(p, q) <= radius));
    return (inside.length * d) / of.length;
  };
}
