// Conformance of VeRA, and the structure of its update, from which the frozen matrices follow.
//
// I = in, O = out, R = rank

import { checks, parametersOn } from "@dit-bench/conformance";
import { type Model, type Module, parseOptions, tf } from "@dit-bench/method";
import { describe, expect, it } from "vitest";
import vera from "./index.ts";

describe.each([{}, { rank: 3, dInitial: 1, seed: 7, at: "blocks.*.{attn,mlp}.*" }])("VeRA %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: vera, options, merges: true }));
});

describe("VeRA", () => {
  const [I, O] = [5, 4];
  /** The update of a layer, which is its merged weight if the base weight is zero, as rows. */
  function update(path: string, b: number[], d: number[], seed = 0): number[][] {
    const options = parseOptions(vera, { rank: d.length, seed, at: path });
    const [graft] = vera.adapt(options, {} as Model).grafts!;
    const layer: Module = { path, kind: "linear", in: I, out: O };
    const base = { [`${path}.weight`]: tf.zeros([O, I]) };
    const merged = graft!.merge!(base, { b_O: tf.tensor1d(b), d_R: tf.tensor1d(d) }, layer);
    return merged[`${path}.weight`]!.arraySync() as number[][];
  }
  const ones = [1, 1, 1, 1];
  /** B[:, r] A[r, :] for the two r. */
  const terms = [update("fc", ones, [1, 0]), update("fc", ones, [0, 1])] as const;

  it("is the sum of terms of rank one, each times its d, with rows times their b", () => {
    const b = [2, -1, 0, 0.5];
    const got = update("fc", b, [3, -0.5]);
    for (let o = 0; o < O; o++)
      for (let i = 0; i < I; i++)
        expect(got[o]![i]).toBeCloseTo(b[o]! * (3 * terms[0][o]![i]! - 0.5 * terms[1][o]![i]!), 5);
    for (const m of terms) {
      expect(m[0]![0]! * m[1]![1]!).toBeCloseTo(m[0]![1]! * m[1]![0]!, 5);
      expect(m[2]![3]! * m[3]![4]!).toBeCloseTo(m[2]![4]! * m[3]![3]!, 5);
    }
  });

  it("has the same frozen matrices in all layers of one shape, and others for another seed", () => {
    expect(update("other.fc", ones, [1, 0])).toEqual(terms[0]);
    expect(update("fc", ones, [1, 0], 1)).not.toEqual(terms[0]);
  });

  // Entries of A and B are U(-√(6 / I), √(6 / I)) and U(-√(6 / R), √(6 / R)): the variance of B[o, r] A[r, i] is
  // (2 / R) (2 / I), so that of a sum over R of them is 4 / I, whatever the rank is.
  it.each([4, 64])("keeps the variance of the update at rank %i", (rank) => {
    const [graft] = vera.adapt(parseOptions(vera, { rank, at: "fc" }), {} as Model).grafts!;
    const layer: Module = { path: "fc", kind: "linear", in: 200, out: 300 };
    const w = { b_O: tf.ones([300]), d_R: tf.ones([rank]) };
    const merged = graft!.merge!({ "fc.weight": tf.zeros([300, 200]) }, w, layer)["fc.weight"]!;
    expect(tf.mean(tf.square(merged)).dataSync()[0]! * 200).toBeCloseTo(4, 0);
  });

  it("refuses modules that are not linear layers", () => {
    expect(() => parametersOn(vera, { at: "blocks.*.mlp" })).toThrow(
      "option 'at' is 'blocks.*.mlp', which matches 'blocks.0.mlp': wanted only linear layers",
    );
  });

  it("names a wrong option, its value and its default", () => {
    expect(() => parseOptions(vera, { dInitial: 0 })).toThrow(/option 'dInitial'.*given 0.*dInitial=0.1/);
  });
});
