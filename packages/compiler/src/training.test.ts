import { gelu, layerNorm, linear, selfAttention } from "@dit-bench/ops";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "./index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

// N = batch, T = tokens, D = width
const [N, T, D] = [2, 5, 12];
const shapes = {
  "norm.weight": [D],
  "qkv.weight": [3 * D, D],
  "qkv.bias": [3 * D],
  "proj.weight": [D, D],
  "fc1.weight": [2 * D, D],
  "fc2.weight": [D, 2 * D],
  "fc2.bias": [D],
};
type Weights = Record<keyof typeof shapes, tf.Tensor>;
const count = Object.values(shapes).reduce((n, s) => n + s.reduce((a, b) => a * b, 1), 0);

const wave = (n: number, phase: number, size = 1) =>
  Float32Array.from({ length: n }, (_, i) => size * Math.sin(1.7 * i + phase));

/** The weights, cut out of one flat vector. */
function unflatten(flat: tf.Tensor): Weights {
  const pieces = tf.split(
    flat,
    Object.values(shapes).map((s) => s.reduce((a, b) => a * b, 1)),
  );
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, tf.reshape(pieces[i]!, shape)]),
  ) as Weights;
}

function block(w: Weights, x: tf.Tensor): tf.Tensor {
  const h = tf.add(
    x,
    linear(
      selfAttention(linear(tf.mul(layerNorm(x), w["norm.weight"]), w["qkv.weight"], w["qkv.bias"]), 3),
      w["proj.weight"],
    ),
  );
  return tf.add(h, linear(gelu(linear(layerNorm(h), w["fc1.weight"])), w["fc2.weight"], w["fc2.bias"]));
}

/** One AdamW step (https://arxiv.org/abs/1711.05101) on the flat vector, without bias correction. */
function step(inputs: Record<string, tf.Tensor>) {
  const loss = (flat: tf.Tensor) =>
    tf.mean(tf.squaredDifference(block(unflatten(flat), inputs.x!), inputs.target!)) as tf.Scalar;
  const { value, grad } = tf.valueAndGrad(loss)(inputs.weights!);
  const m = tf.add(tf.mul(inputs.m!, 0.9), tf.mul(grad, 0.1));
  const v = tf.add(tf.mul(inputs.v!, 0.999), tf.mul(tf.square(grad), 0.001));
  const update = tf.div(m, tf.add(tf.sqrt(v), 1e-8));
  return { loss: value, m, v, weights: tf.sub(tf.mul(inputs.weights!, 1 - 1e-5), tf.mul(update, 1e-3)) };
}

describe("a training step", () => {
  test("five AdamW steps leave the weights where eager tfjs leaves them", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    const flat = { shape: [count] };
    const data = { shape: [N, T, D] };
    const compiled = await engine.compile(
      step,
      { x: data, target: data, weights: flat, m: flat, v: flat },
      { state: ["weights", "m", "v"] },
    );
    const start = { weights: wave(count, 0, 0.3), m: new Float32Array(count), v: new Float32Array(count) };
    await compiled.setState(start);
    let eager: Record<string, tf.Tensor> = Object.fromEntries(Object.entries(start).map(([k, v]) => [k, tf.tensor(v)]));
    const losses: number[][] = [];
    for (let i = 0; i < 5; i++) {
      const inputs = { x: wave(N * T * D, i), target: wave(N * T * D, i + 0.5) };
      const { loss } = await compiled.run(inputs);
      const { loss: eagerLoss, ...state } = step({
        ...eager,
        x: tf.tensor(inputs.x, data.shape),
        target: tf.tensor(inputs.target, data.shape),
      });
      eager = state;
      losses.push([loss![0]!, eagerLoss.dataSync()[0]!]);
    }
    for (const [compiledLoss, eagerLoss] of losses) expect(compiledLoss).toBeCloseTo(eagerLoss!, 5);
    const { weights } = await compiled.getState();
    const wanted = eager.weights!.dataSync();
    expect(weights).toHaveLength(count);
    // The key part of qkv.bias moves all scores of a query alike, so its gradient is zero but for rounding, which Adam scales up.
    const keyBias = D + 3 * D * D + D;
    for (const [i, w] of wanted.entries()) {
      if (i >= keyBias && i < keyBias + D) continue;
      expect(Math.abs(weights![i]! - w)).toBeLessThan(5e-5);
    }
    await compiled.dispose();
  });
});
