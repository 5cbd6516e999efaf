// Flat vectors of weights.

import * as tf from "@dit-bench/tfjs";
import { describe, expect, it } from "vitest";
import { flatten, unflatten, unflattenTensor } from "./flat.ts";

const infos = [
  { name: "a", shape: [2, 3] },
  { name: "b", shape: [] },
  { name: "c", shape: [4] },
];
const values = { a: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(7), c: Float32Array.of(8, 9, 10, 11) };

describe("flat vectors", () => {
  it("are split into the original values", () => {
    const flat = flatten(infos, values);
    expect([...flat]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(unflatten(infos, flat)).toEqual(values);
  });

  it("are split inside a tensor function, and their gradients are joined again", async () => {
    await tf.setBackend("cpu");
    const grad = tf.grad((w: tf.Tensor) => {
      const { a, b, c } = unflattenTensor(infos, w) as Record<"a" | "b" | "c", tf.Tensor>;
      return tf.addN([tf.sum(tf.mul(a, 2)), tf.mul(b, 3), tf.sum(tf.square(c))]);
    })(tf.tensor1d(flatten(infos, values)));
    expect([...grad.dataSync()]).toEqual([2, 2, 2, 2, 2, 2, 3, 16, 18, 20, 22]);
  });

  it("are refused with the name of a weight of the wrong size", () => {
    expect(() => flatten(infos, { ...values, c: new Float32Array(3) })).toThrow(
      "weight 'c' has 3 values, but its shape is [4]",
    );
  });
});
