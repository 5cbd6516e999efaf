// Affine maps folded into base weights, against applying them to the output.
//
// N = batch, D = width (2)

import { linear } from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { foldAffine, takesAffine } from "./merges.ts";
import { difference, numbers, toy, toyTensors } from "./toy-model.test.data.ts";

beforeAll(() => tf.setBackend("cpu"));

const moduleAt = (path: string) => toy.modules.find((module) => module.path === path)!;
const x_ND = () => tf.tensor([0.5, -1, 2, 3], [2, 2]);
const scale_D = () => tf.tensor1d([2, -3]);
const shift_D = () => tf.tensor1d([0.25, 0.5]);

describe("takesAffine", () => {
  it.each([
    ["block.fc", true],
    ["block", true],
    ["norm", true],
    ["whole", false],
  ])("has a place for an affine map of '%s': %s", (path, wanted) => {
    expect(takesAffine(moduleAt(path))).toBe(wanted);
  });
});

describe("foldAffine", () => {
  const outputOf = (w: Record<string, tf.Tensor>) => linear(x_ND(), w["block.fc.weight"]!, w["block.fc.bias"]!);

  it.each(["block.fc", "block"])("folds a scale and a shift of '%s' into its last layer", (path) => {
    const base = toyTensors();
    const folded = foldAffine(base, moduleAt(path), { scale: scale_D(), shift: shift_D() });
    expect(Object.keys(folded)).toEqual(["block.fc.weight", "block.fc.bias"]);
    const wanted = tf.add(tf.mul(outputOf(base), scale_D()), shift_D());
    expect(difference(outputOf(folded), wanted)).toBeLessThan(1e-5);
  });

  it("takes one number for all channels", () => {
    const base = toyTensors();
    const folded = foldAffine(base, moduleAt("block.fc"), { scale: tf.tensor1d([3]) });
    expect(difference(outputOf(folded), tf.mul(outputOf(base), 3))).toBeLessThan(1e-5);
  });

  it("folds a norm's scale and shift into the layer that modulates it", () => {
    const base = toyTensors();
    const condition = tf.tensor([0.3, -0.7], [1, 2]);
    const modulated = (normed_ND: tf.Tensor, w: Record<string, tf.Tensor>) => {
      const rows = linear(condition, w["modulation.weight"]!, w["modulation.bias"]!);
      const [shift, scale] = tf.split(rows, 2, 1) as [tf.Tensor, tf.Tensor];
      return tf.add(tf.mul(normed_ND, tf.add(1, scale)), shift);
    };
    const folded = foldAffine(base, moduleAt("norm"), { scale: scale_D(), shift: shift_D() });
    expect(Object.keys(folded)).toEqual(["modulation.weight", "modulation.bias"]);
    const wanted = modulated(tf.add(tf.mul(x_ND(), scale_D()), shift_D()), base);
    expect(difference(modulated(x_ND(), folded), wanted)).toBeLessThan(1e-5);
  });

  it("leaves the weights as they are for a scale of one and no shift", () => {
    const base = toyTensors();
    for (const path of ["block.fc", "norm"])
      for (const [name, value] of Object.entries(foldAffine(base, moduleAt(path), { scale: tf.ones([2]) })))
        expect(difference(value, base[name]!), name).toBeLessThan(1e-5);
  });

  it("does not change the base weights in place", () => {
    const base = toyTensors();
    const before = numbers(base["block.fc.weight"]!);
    foldAffine(base, moduleAt("block.fc"), { scale: scale_D() });
    expect(numbers(base["block.fc.weight"]!)).toEqual(before);
  });
});
