// The closed-form gradients of @dit-bench/ops against central differences, in float64.

import * as ops from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../index.ts";
import { modulate } from "./block.ts";

let engine: Engine;
beforeAll(async () => {
  await tf.setBackend("cpu");
  engine = await createEngine("cpu", { threads: 1 });
});

const cases: Record<string, [(...xs: tf.Tensor[]) => tf.Tensor, ...number[][]]> = {
  layerNorm: [(x) => ops.layerNorm(x!), [2, 3, 5]],
  gelu: [(x) => ops.gelu(x!), [3, 7]],
  silu: [(x) => ops.silu(x!), [3, 7]],
  linear: [(x, w, b) => ops.linear(x!, w!, b!), [2, 3, 4], [5, 4], [5]],
  attention: [(q, k, v) => ops.attention(q!, k!, v!), [1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4]],
  selfAttention: [(qkv) => ops.selfAttention(qkv!, 2), [2, 3, 12]],
  "gelu of a modulated norm": [(x, s) => ops.gelu(modulate(ops.layerNorm(x!), s!, s!)), [2, 3, 4], [2, 1, 4]],
};

describe("gradients agree with central differences to 1e-6", () => {
  for (const [name, [f, ...shapes]] of Object.entries(cases)) {
    test(`for ${name}`, async () => {
      const keys = shapes.map((_, i) => `x${i}`);
      const loss = (...xs: tf.Tensor[]) => {
        const y = f(...xs);
        const weights = Float32Array.from({ length: y.size }, (_, i) => Math.cos(2.3 * i));
        return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
      };
      const compiled = await engine.compile(
        (inputs) => {
          const { value, grads } = tf.valueAndGrads(loss)(keys.map((key) => inputs[key]!));
          return { value, ...Object.fromEntries(grads.map((g, i) => [`x${i}`, g])) };
        },
        Object.fromEntries(shapes.map((shape, i) => [keys[i]!, { shape }])),
        { precision: "float64" },
      );
      const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
      const at = Object.fromEntries(
        shapes.map((shape, k) => [
          keys[k]!,
          Float64Array.from({ length: size(shape) }, (_, i) => 1.5 * Math.sin(1.7 * i + k)),
        ]),
      );
      const gradients = await compiled.run(at);
      const h = 1e-5;
      for (const key of keys) {
        const scale = Math.max(...Array.from(gradients[key]!, Math.abs));
        for (const [i, x] of at[key]!.entries()) {
          const value = async (x: number) => (await compiled.run({ ...at, [key]: at[key]!.with(i, x) })).value![0]!;
          const slope = ((await value(x + h)) - (await value(x - h))) / (2 * h);
          expect(Math.abs(gradients[key]![i]! - slope) / scale, `${key}[${i}]`).toBeLessThan(1e-6);
        }
      }
      await compiled.dispose();
    });
  }
});
