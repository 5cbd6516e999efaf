// EfficientNet-Lite0 against a PyTorch implementation, with every width divided by 8.

import * as tf from "@dit-bench/tfjs";
import { describe, expect, test } from "vitest";
import { readFixture } from "../../fixtures/safetensors.test.helper.ts";
import { efficientNetLite0 } from "./efficientnet.ts";

const { features: expected, ...given } = readFixture("efficientnet_narrow.safetensors");
const checkpoint = Object.fromEntries(Object.entries(given).map(([name, v]) => [name, Float32Array.from(v)]));
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

describe("efficientNetLite0", () => {
  test("reads the published weights: 49 convolutions with their norms, without the classifier", () => {
    const { checkpoint: shapes, weights, dimension } = efficientNetLite0();
    expect([Object.keys(shapes).length, Object.keys(weights).length, dimension]).toEqual([49 * 5, 49 * 2, 1280]);
    expect(shapes["_conv_stem.weight"]).toEqual([32, 3, 3, 3]);
    expect(shapes["_blocks.0._depthwise_conv.weight"]).toEqual([32, 1, 3, 3]);
    expect(shapes["_blocks.15._project_conv.weight"]).toEqual([320, 1152, 1, 1]);
    expect(shapes["_conv_head.weight"]).toEqual([1280, 320, 1, 1]);
    // The PyTorch implementation has 4,652,008 trained numbers; the classifier has 1000 · 1281 of them.
    const trained = Object.entries(shapes).filter(([name]) => !name.includes("running_"));
    expect(trained.reduce((sum, [, shape]) => sum + size(shape), 0)).toBe(4_652_008 - 1_281_000);
  });

  test("has the shapes of the fixture if it is narrowed", () => {
    const { checkpoint: shapes } = efficientNetLite0({ divisor: 8 });
    expect(Object.keys(shapes).sort()).toEqual(Object.keys(checkpoint).sort());
    for (const [name, shape] of Object.entries(shapes)) expect(checkpoint[name]!.length, name).toBe(size(shape));
  });

  test("has the features of the PyTorch implementation to 1e-4", () => {
    const pixel = (n: number, c: number, i: number, j: number) => Math.sin(0.05 * i + 0.03 * j + c + 2 * n);
    const S = 224;
    const x = Float32Array.from({ length: 2 * S * S * 3 }, (_, at) => {
      const [c, place] = [at % 3, Math.floor(at / 3)];
      return pixel(Math.floor(place / (S * S)), c, Math.floor(place / S) % S, place % S);
    });
    const found = tf.tidy(() => {
      const network = efficientNetLite0({ divisor: 8 });
      const folded = network.fold(checkpoint);
      const w = Object.fromEntries(
        Object.entries(network.weights).map(([name, shape]) => [name, tf.tensor(folded[name]!, [...shape])]),
      );
      return network.features(w, tf.tensor4d(x, [2, S, S, 3])).dataSync();
    });
    expect(found.length).toBe(2 * 160);
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected![i]!)))).toBeLessThan(1e-4);
  });

  test("refuses images of another size and a damaged checkpoint", () => {
    expect(() => efficientNetLite0().features({}, tf.zeros([1, 224, 223, 3]))).toThrow("wanted [N, 224, 224, 3]");
    const damaged = { ...checkpoint, "_bn0.running_var": new Float32Array(4).fill(-1) };
    expect(() => efficientNetLite0({ divisor: 8 }).fold(damaged)).toThrow("channel 0 of '_bn0' has variance -1");
  });
});
