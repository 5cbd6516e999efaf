// The miniature's extractor: its network, gradients, scaling and loss.

import { normals, uniforms } from "@dit-bench/random";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { statistics } from "../../statistics.ts";
import { classifierLoss } from "./classifier-loss.ts";
import { initialWeights, miniInception, standardiseFeatures } from "./mini-inception.ts";
import { convolveRelu } from "./scaled-convolution.ts";

// N = images, S = 32, F = 64 features, K = classes
const K = 5;
const extractor = miniInception(K);

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function tensors(weights: Record<string, Float32Array>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, data]) => [name, tf.tensor(data, [...extractor.weights[name]!])]),
  );
}

/** Images of overlapping waves in [-1, 1]: unlike images of noise, they differ as wholes. */
function waves(n: number, seed: number): tf.Tensor4D {
  const side = 32;
  const data = new Float32Array(n * side * side * 3);
  for (let i = 0; i < n; i++) {
    const u = uniforms(seed, "mini-inception.test", i, 12);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let c = 0; c < 3; c++)
          data[((i * side + y) * side + x) * 3 + c] = Math.tanh(
            2 * u[c]! - 1 + Math.sin(9 * u[3]! + u[4 + c]! * x) * u[7]! + Math.cos(9 * u[8]! + u[9 + c]! * y),
          );
  }
  return tf.tensor4d(data, [n, side, side, 3]);
}

describe("miniInception", () => {
  test("has fewer than 400,000 weights for 64 classes, and shapes that its initial weights have", () => {
    const { weights } = miniInception(64);
    const count = Object.values(weights).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(count).toBeLessThan(400_000);
    expect(count).toBeGreaterThan(150_000);
    const initial = initialWeights(extractor, 1);
    expect(Object.keys(initial)).toEqual(Object.keys(extractor.weights));
    for (const [name, data] of Object.entries(initial))
      expect(data.length, name).toBe(extractor.weights[name]!.reduce((a, b) => a * b, 1));
  });

  test("reads every weight it lists, and no other", () => {
    const read = new Set<string>();
    const w = new Proxy(tensors(initialWeights(extractor, 1)), {
      get: (target, name: string) => {
        read.add(name);
        return target[name];
      },
    });
    const logits = extractor.logits(w, waves(2, 1));
    expect(logits.shape).toEqual([2, K]);
    expect([...read].sort()).toEqual(Object.keys(extractor.weights).sort());
  });

  test("gives an image the same features alone and in a batch", () => {
    const w = tensors(initialWeights(extractor, 1));
    const x = waves(3, 2);
    const together = extractor.features(w, x).arraySync();
    expect(together[0]!.length).toBe(extractor.dimension);
    const alone = extractor.features(w, tf.slice4d(x, [1, 0, 0, 0], [1, -1, -1, -1])).arraySync();
    alone[0]!.forEach((value, f) => {
      expect(value).toBeCloseTo(together[1]![f]!, 5);
    });
  });

  test("has initial features with standard deviations from 0.05 to 5", () => {
    const x = waves(16, 3);
    const features = extractor.features(tensors(initialWeights(extractor, 1)), x).dataSync();
    const { covariance } = statistics(Float32Array.from(features), 64);
    const deviations = Array.from({ length: 64 }, (_, f) => Math.sqrt(covariance[f * 65]!));
    expect(Math.min(...deviations)).toBeGreaterThan(0.05);
    expect(Math.max(...deviations)).toBeLessThan(5);
  });

  test("has a network for 64 x 64 images that tells a pixel pattern from its average, which is lost at 32 x 32", () => {
    const large = miniInception(K, 64);
    expect(large.id).toBe("mini64-inception/1");
    const initial = initialWeights(large, 1);
    const w = Object.fromEntries(
      Object.entries(initial).map(([name, data]) => [name, tf.tensor(data, [...large.weights[name]!])]),
    );
    const columns = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => (Math.floor(i / 3) % 2) - 0.5);
    const pattern = tf.tensor4d(columns, [1, 64, 64, 3]);
    const [patterned, plain] = [pattern, tf.zerosLike(pattern) as tf.Tensor4D].map((x) => large.features(w, x));
    expect(patterned!.shape).toEqual([1, large.dimension]);
    expect(tf.max(tf.abs(tf.sub(patterned!, plain!))).dataSync()[0]).toBeGreaterThan(0.1);
    expect(() => large.features(w, tf.zeros([1, 32, 32, 3]))).toThrow("wanted [N, 64, 64, 3]");
  });

  test("refuses images of another size, and a single class", () => {
    const w = tensors(initialWeights(extractor, 1));
    expect(() => extractor.features(w, tf.zeros([1, 64, 64, 3]))).toThrow(
      "images are [1,64,64,3], wanted [N, 32, 32, 3]",
    );
    expect(() => miniInception(1)).toThrow("classes is 1");
  });
});

test("convolveRelu does not depend on the mean or length of its kernel, and keeps unit variance", () => {
  const c = { name: "c", inputs: 8, outputs: 32, size: 3, stride: 1 } as const;
  const kernel = normals(1, "kernel", 0, 9 * 8 * 32);
  const run = (weight: Float32Array) => {
    const w = { "c.weight": tf.tensor(weight, [3, 3, 8, 32]), "c.gain": tf.ones([32]), "c.bias": tf.zeros([32]) };
    return convolveRelu(c, w, tf.tensor4d(normals(1, "x", 0, 2 * 12 * 12 * 8), [2, 12, 12, 8]));
  };
  const y = run(kernel);
  const changed = run(kernel.map((v) => 7 * v + 3));
  expect(tf.max(tf.abs(tf.sub(y, changed))).dataSync()[0]).toBeLessThan(1e-4);
  const inside = tf.slice4d(y, [0, 1, 1, 0], [2, 10, 10, 32]);
  expect(tf.moments(inside).variance.dataSync()[0]).toBeCloseTo(1, 0);
});

test("gradients of convolveRelu in kernel, gain, bias and input agree with finite differences", () => {
  const c = { name: "c", inputs: 2, outputs: 3, size: 3, stride: 2 } as const;
  const shapes = { "c.weight": [3, 3, 2, 3], "c.gain": [3], "c.bias": [3], x: [1, 6, 6, 2] };
  const values = Object.entries(shapes).map(([name, shape]) =>
    tf.tensor(normals(1, name, 0, tf.util.sizeFromShape(shape)), shape),
  );
  const direction = tf.tensor(normals(1, "direction", 0, 27), [1, 3, 3, 3]);
  const f = (weight: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, x: tf.Tensor) => {
    const y = convolveRelu(c, { "c.weight": weight, "c.gain": gain, "c.bias": bias }, x as tf.Tensor4D);
    return tf.sum(tf.mul(y, direction)) as tf.Scalar;
  };
  const gradients = tf.grads(f as (...list: tf.Tensor[]) => tf.Scalar)(values);
  for (const [which, value] of values.entries()) {
    const step = tf.tensor(normals(1, "towards", which, value.size), value.shape);
    const at = (h: number) => {
      const [weight, gain, bias, x] = values.map((v, i) => (i === which ? tf.add(v, tf.mul(step, h)) : v));
      return f(weight!, gain!, bias!, x!).dataSync()[0]!;
    };
    const slope = (at(1e-3) - at(-1e-3)) / 2e-3;
    const wanted = tf.sum(tf.mul(gradients[which]!, step)).dataSync()[0]!;
    expect(Math.abs(slope - wanted), Object.keys(shapes)[which]).toBeLessThan(0.02 * Math.max(1, Math.abs(wanted)));
  }
});

describe("standardiseFeatures", () => {
  test("gives features of mean 0 and variance 1 over the images, and the same logits", () => {
    const n = 20;
    const x = waves(n, 4);
    const before = initialWeights(extractor, 2);
    const features = (w: Record<string, Float32Array>) =>
      statistics(Float32Array.from(extractor.features(tensors(w), x).dataSync()), 64);
    const after = standardiseFeatures(before, features(before));
    const { mean, covariance } = features(after);
    for (let f = 0; f < 64; f++) {
      expect(Math.abs(mean[f]!)).toBeLessThan(1e-4);
      expect(Math.abs(covariance[f * 65]! - 1)).toBeLessThan(1e-4);
    }
    const few = tf.slice4d(x, [0, 0, 0, 0], [4, -1, -1, -1]);
    const [logitsBefore, logitsAfter] = [before, after].map((w) => extractor.logits(tensors(w), few));
    expect(tf.max(tf.abs(tf.sub(logitsBefore!, logitsAfter!))).dataSync()[0]).toBeLessThan(1e-5);
  });

  test("refuses statistics of a feature that does not vary", () => {
    const s = { dimension: 64, count: 9, mean: new Float64Array(64), covariance: new Float64Array(64 * 64) };
    expect(() => standardiseFeatures(initialWeights(extractor, 1), s)).toThrow("feature 0 does not vary");
  });
});

describe("classifierLoss", () => {
  test("is within 0.1 of log K before training, and falls by gradient descent on the last two layers", () => {
    const n = K;
    const x = waves(n, 5);
    const classOf = Array.from({ length: n }, (_, i) => i % K);
    const labels = tf.cast(tf.oneHot(classOf, K), "float32") as tf.Tensor2D;
    let w = tensors(initialWeights(extractor, 3));
    const names = ["features.weight", "features.bias", "logits.weight", "logits.bias"];
    const gradients = tf.valueAndGrads((...list: tf.Tensor[]) =>
      classifierLoss(extractor, { ...w, ...Object.fromEntries(names.map((name, i) => [name, list[i]!])) }, x, labels),
    );
    const losses: number[] = [];
    for (let step = 0; step < 5; step++) {
      const { value, grads } = gradients(names.map((name) => w[name]!));
      losses.push(value.dataSync()[0]!);
      w = { ...w, ...Object.fromEntries(names.map((name, i) => [name, tf.sub(w[name]!, tf.mul(grads[i]!, 1))])) };
    }
    expect(Math.abs(losses[0]! - Math.log(K))).toBeLessThan(0.1 * Math.log(K));
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
  });

  test("is the entropy of the smoothed labels for a perfect classifier", () => {
    const target = [0.9 + 0.1 / K, ...Array(K - 1).fill(0.1 / K)];
    const perfect = {
      ...extractor,
      logits: () => tf.tensor2d([target.map(Math.log)]),
    };
    const loss = classifierLoss(perfect, {}, tf.zeros([1, 32, 32, 3]), tf.tensor2d([[1, 0, 0, 0, 0]]));
    expect(loss.dataSync()[0]).toBeCloseTo(-target.reduce((sum, p) => sum + p * Math.log(p), 0), 5);
  });

  test("refuses labels for another number of classes", () => {
    const w = tensors(initialWeights(extractor, 1));
    expect(() => classifierLoss(extractor, w, waves(2, 1), tf.zeros([2, 4]))).toThrow(
      "labels are [2,4], wanted one-hot rows [2,5]",
    );
  });
});
