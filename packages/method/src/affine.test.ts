// Affine maps that wait to be applied: composition against applying them one after another.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Affine, applyPending, asPending, composeAffine } from "./affine.ts";
import { difference, numbers } from "./toy-model.test.data.ts";

beforeAll(() => tf.setBackend("cpu"));

const y = () => tf.tensor([1, 2, 3, 4], [2, 2]);
const apply = (x: tf.Tensor, { scale, shift }: Affine) => tf.add(tf.mul(x, scale ?? 1), shift ?? 0);

describe("asPending", () => {
  it("wraps a tensor without a scale or a shift, and keeps an affine map that is pending already", () => {
    const x = y();
    expect(asPending(x)).toEqual({ y: x });
    const waiting = { y: x, scale: tf.tensor1d([2, 3]) };
    expect(asPending(waiting)).toBe(waiting);
  });
});

describe("applyPending", () => {
  it("returns the output itself where nothing is pending", () => {
    const x = y();
    expect(applyPending({ y: x })).toBe(x);
  });

  it("multiplies first and adds second, channel by channel", () => {
    const settled = applyPending({ y: y(), scale: tf.tensor1d([2, 3]), shift: tf.tensor1d([10, 20]) });
    expect(numbers(settled)).toEqual([12, 26, 16, 32]);
  });
});

describe("composeAffine", () => {
  const scale = () => tf.tensor1d([2, 3]);
  const shift = () => tf.tensor1d([10, 20]);
  const maps: [name: string, map: () => Affine][] = [
    ["nothing", () => ({})],
    ["a scale", () => ({ scale: scale() })],
    ["a shift", () => ({ shift: shift() })],
    ["a scale and a shift", () => ({ scale: scale(), shift: shift() })],
    ["one number", () => ({ scale: tf.tensor1d([0.5]), shift: tf.tensor1d([-1]) })],
  ];
  const pairs = maps.flatMap(([first, a]) => maps.map(([second, b]) => [first, second, a, b] as const));

  it.each(pairs)("composes %s and %s into the map that applies both in turn", (_first, _second, a, b) => {
    const composed = applyPending(composeAffine({ y: y(), ...a() }, b()));
    expect(difference(composed, apply(apply(y(), a()), b()))).toBeLessThan(1e-6);
  });

  it("leaves out a scale or a shift that neither map has, so that no pass over the output is spent on it", () => {
    expect(Object.keys(composeAffine({ y: y(), scale: scale() }, { scale: scale() }))).toEqual(["y", "scale"]);
    expect(Object.keys(composeAffine({ y: y(), shift: shift() }, { shift: shift() }))).toEqual(["y", "shift"]);
  });

  it("does not multiply a shift by a scale that comes before it", () => {
    const composed = composeAffine({ y: y(), scale: scale() }, { shift: shift() });
    expect(numbers(composed.shift!)).toEqual([10, 20]);
  });
});
