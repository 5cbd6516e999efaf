// Conformance of LoKr, its factorization of widths against LyCORIS, and its update against loops.
//
// I = in = U V, O = out = P Q

import { checks, parametersOn } from "@dit-bench/conformance";
import { type Model, type Module, parseOptions, tf } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import lokr from "./index.ts";

describe.each([{}, { factor: 4, rank: 2, scale: 0.5 }, { factor: "square", at: "blocks.*.{attn,mlp}.*" }])(
  "LoKr %j",
  (options) => {
    it.each(checks)("$name", ({ run }) => run({ method: lokr, options, merges: true }));
  },
);

const graftOf = (options: object) => lokr.adapt(parseOptions(lokr, { at: "fc", ...options }), {} as Model).grafts![0]!;
const layer = (I: number, O: number): Module => ({ path: "fc", kind: "linear", in: I, out: O });

describe("LoKr", () => {
  // Results of `factorization(size, factor)` in LyCORIS' functional/general.py (672e80a), where 'square' is -1.
  it.each([
    [127, ["square", 8], [1, 1]],
    [250, ["square", 2, 4, 8, 16], [10, 2, 2, 5, 10]],
    [360, ["square", 2, 4, 8, 16], [18, 2, 4, 8, 15]],
    [512, ["square", 2, 4, 8, 16], [16, 2, 4, 8, 16]],
    [1152, ["square", 4, 8, 36, 64], [32, 4, 8, 32, 18]],
    [16, ["square", 8, 100], [4, 2, 4]],
  ])("splits a width of %i by the factors %j into %j times the rest", (size, factors, shorter) => {
    const sides = factors.map((factor) => {
      const [P, U] = graftOf({ factor }).weights(layer(size, size)).c_PU!.shape;
      expect(P).toBe(U);
      return P;
    });
    expect(sides).toEqual(shorter);
  });

  it.each([
    [2, ["a_RV", "b_QR", "c_PU"]],
    [3, ["c_PU", "d_QV"]],
    ["full", ["c_PU", "d_QV"]],
  ])("at rank %s of a large factor of 6 rows trains %j", (rank, keys) => {
    expect(Object.keys(graftOf({ factor: 2, rank }).weights(layer(8, 12))).sort()).toEqual(keys);
  });

  it("adds scale times c[p][u] d[q][v] at row p Q + q and column u V + v", () => {
    const [P, Q, U, V, R] = [2, 3, 2, 4, 1];
    const { merge } = graftOf({ factor: 2, rank: R, scale: 0.5 });
    const c = [
      [1, -2],
      [3, 0.5],
    ];
    const [b, a] = [
      [2, -1, 4],
      [1, 3, -2, 0.25],
    ];
    const w = { c_PU: tf.tensor2d(c), b_QR: tf.tensor2d(b, [Q, R]), a_RV: tf.tensor2d(a, [R, V]) };
    const merged = merge!({ "fc.weight": tf.fill([P * Q, U * V], 7) }, w, layer(U * V, P * Q));
    const got = merged["fc.weight"]!.arraySync() as number[][];
    for (let row = 0; row < P * Q; row++)
      for (let column = 0; column < U * V; column++)
        expect(got[row]![column]).toBe(
          7 + 0.5 * c[Math.floor(row / Q)]![Math.floor(column / V)]! * b[row % Q]! * a[column % V]!,
        );
  });

  it("refuses modules that are not linear layers", () => {
    expect(() => parametersOn(lokr, { at: "blocks.*.norm1" })).toThrow(
      "option 'at' is 'blocks.*.norm1', which matches 'blocks.0.norm1': wanted only linear layers",
    );
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(lokr, { factor: 0 })).toThrow(/option 'factor'.*given 0.*factor=8/);
  });
});
