// Compares the functions with known values, and their gradients with those of the same formulas in plain tfjs ops.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { attention, gelu, layerNorm, linear, selfAttention, silu, stopGradient } from "./index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Distinct values in [-2, 2]. */
const wave = (shape: number[], phase = 0) => {
  const n = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: n }, (_, i) => 2 * Math.sin(1.7 * i + phase)),
    shape,
  );
};
const expectClose = (a: tf.Tensor, b: tf.Tensor, tolerance = 1e-5) => {
  expect(a.shape).toEqual(b.shape);
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThanOrEqual(tolerance);
};

describe("values", () => {
  test("gelu agrees with PyTorch's tanh form", () => {
    // torch.nn.functional.gelu(x, approximate="tanh")
    const y = gelu(tf.tensor1d([-3, -1, 0, 0.5, 2])).dataSync();
    const wanted = [-0.003637392, -0.1588080094, 0, 0.3457140104, 1.9545977157];
    for (const [i, w] of wanted.entries()) expect(y[i]).toBeCloseTo(w, 6);
  });

  test("silu is x sigmoid(x)", () => {
    const y = silu(tf.tensor1d([-3, 0, 2])).dataSync();
    for (const [i, w] of [-0.1422776195, 0, 1.7615941559].entries()) expect(y[i]).toBeCloseTo(w, 6);
  });

  test("layerNorm gives mean 0 and the biased variance 1 in each row", () => {
    const y = layerNorm(wave([2, 3, 16]), 0);
    expectClose(tf.mean(y, -1), tf.zeros([2, 3]));
    expectClose(tf.mean(tf.square(y), -1), tf.ones([2, 3]));
  });

  test("layerNorm adds eps to the variance", () => {
    expectClose(layerNorm(tf.tensor1d([1, 3]), 3), tf.tensor1d([-0.5, 0.5]));
  });

  test("linear takes the weight in PyTorch's layout, [out, in], and adds the bias", () => {
    const y = linear(
      tf.tensor3d([1, 2, 3, 4], [2, 1, 2]),
      tf.tensor2d([1, 0, 0, 1, 1, 1], [3, 2]),
      tf.tensor1d([0, 0, 10]),
    );
    expect(y.shape).toEqual([2, 1, 3]);
    expect([...y.dataSync()]).toEqual([1, 2, 13, 3, 4, 17]);
  });

  test("selfAttention reads q, k, v in the order of the DiT checkpoints", () => {
    const [N, T, H, C] = [2, 3, 2, 4];
    const qkv = wave([N, T, 3 * H * C]);
    const at = (part: number, head: number) => tf.slice(qkv, [0, 0, part * H * C + head * C], [N, T, C]);
    const byHead = [0, 1].map((head) => attention(at(0, head), at(1, head), at(2, head)));
    expectClose(selfAttention(qkv, H), tf.concat(byHead, 2));
  });

  test("attention over a single key returns its value", () => {
    const v = wave([1, 1, 1, 4]);
    expectClose(attention(wave([1, 1, 2, 4]), wave([1, 1, 1, 4], 1), v), tf.tile(v, [1, 1, 2, 1]));
  });
});

describe("compared with plain tfjs ops of the same formula", () => {
  const weighted = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => {
    const y = f(x);
    return tf.sum(tf.mul(y, wave(y.shape, 0.3)));
  };
  const plainLayerNorm = (x: tf.Tensor) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-6)));
  };
  const plainGelu = (x: tf.Tensor) => {
    const u = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, tf.scalar(3)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(u)));
  };
  const cases: [string, (x: tf.Tensor) => tf.Tensor, (x: tf.Tensor) => tf.Tensor][] = [
    ["layerNorm", (x) => layerNorm(x), plainLayerNorm],
    ["gelu", gelu, plainGelu],
    ["silu", silu, (x) => tf.mul(x, tf.sigmoid(x))],
  ];
  for (const [name, f, plain] of cases) {
    test(`${name} has the same values and the same gradient`, () => {
      const x = wave([2, 3, 8]);
      expectClose(f(x), plain(x));
      expectClose(tf.grad(weighted(f))(x), tf.grad(weighted(plain))(x), 2e-5);
    });
  }

  test("linear sums the gradients of weight and bias over all leading axes of the input", () => {
    const [x, w, b] = [wave([2, 3, 4]), wave([5, 4], 1), wave([5], 2)];
    const grads = tf.grads((x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.sum(linear(x, w, b)))([x, w, b]);
    expectClose(grads[0]!, tf.tile(tf.reshape(tf.sum(w, 0), [1, 1, 4]), [2, 3, 1]));
    expectClose(grads[1]!, tf.tile(tf.reshape(tf.sum(x, [0, 1]), [1, 4]), [5, 1]));
    expectClose(grads[2]!, tf.fill([5], 6));
  });
});

describe("stopGradient", () => {
  test("returns the value without its gradient", () => {
    const x = tf.tensor1d([2, 3]);
    const f = (x: tf.Tensor) => tf.sum(tf.mul(x, stopGradient(tf.square(x))));
    expectClose(tf.grad(f)(x), tf.square(x));
  });

  test("makes tf.grad throw for a function that depends on x only through stopGradient", () => {
    expect(() => tf.grad((x: tf.Tensor) => tf.sum(stopGradient(x)))(tf.tensor1d([1]))).toThrow();
  });
});

describe("errors", () => {
  test("linear throws an error that names the shapes that do not match", () => {
    expect(() => linear(tf.zeros([2, 3]), tf.zeros([5, 4]))).toThrow(/x \[2,3\] does not fit weight \[5,4\]/);
    expect(() => linear(tf.zeros([2, 4]), tf.zeros([5, 4]), tf.zeros([4]))).toThrow(/wanted bias \[5\]/);
  });

  test("selfAttention throws an error that names the heads that do not divide the width", () => {
    expect(() => selfAttention(tf.zeros([1, 2, 12]), 3)).toThrow(/3 heads/);
  });

  test("layerNorm throws an error for a scalar", () => {
    expect(() => layerNorm(tf.scalar(1))).toThrow(/scalar/);
  });
});
