// Inception against pytorch-fid's own network with every width divided by 16.

import * as tf from "@dit-bench/tfjs";
import { describe, expect, test } from "vitest";
import { readFixture } from "../../fixtures/safetensors.test.helper.ts";
import { type InceptionOptions, inception } from "./inception.ts";
import { convolutionsOf, inceptionBlocks } from "./layout.ts";

const checkpoint = Object.fromEntries(
  Object.entries(readFixture("inception_narrow_weights.safetensors")).map(([name, v]) => [name, Float32Array.from(v)]),
);
const expected = readFixture("inception_narrow_expected.safetensors");

const allLayers = inceptionBlocks().flatMap(({ layers }) => layers);

describe("Inception.checkpoint", () => {
  const shapes = inception().checkpoint;
  test("has 94 convolutions with their norms, 470 tensors", () => {
    expect(convolutionsOf(allLayers).length).toBe(94);
    expect(Object.keys(shapes).length).toBe(470);
    // torchvision has 27,161,264 trainable numbers. The auxiliary classifier and the last layer are not in this
    // network; the running statistics, which do not train, are.
    const trained = 27_161_264 - 3_326_696 - 1000 * 2049;
    const channels = convolutionsOf(allLayers).reduce((sum, { outputs }) => sum + outputs, 0);
    const numbers = Object.values(shapes).reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0);
    expect(numbers).toBe(trained + 2 * channels);
  });
  test("has the published shapes, and for a narrowed network those of the fixture", () => {
    expect(shapes["Conv2d_1a_3x3.conv.weight"]).toEqual([32, 3, 3, 3]);
    expect(shapes["Mixed_6b.branch7x7dbl_2.conv.weight"]).toEqual([128, 128, 7, 1]);
    expect(shapes["Mixed_7c.branch3x3dbl_3b.bn.running_var"]).toEqual([384]);
    const narrow = inception({ divisor: 16 }).checkpoint;
    expect(Object.keys(narrow).sort()).toEqual(Object.keys(checkpoint).sort());
    for (const [name, shape] of Object.entries(narrow))
      expect(
        shape.reduce((a, b) => a * b, 1),
        name,
      ).toBe(checkpoint[name]!.length);
  });
});

const N = 2;
const images = () => {
  // [N, C, H, W] from 0 to 1, resized as in pytorch-fid
  const x = tf.transpose(tf.tensor4d(Float32Array.from(expected.input!), [N, 3, 40, 40]), [0, 2, 3, 1]);
  const resized = tf.image.resizeBilinear(x as tf.Tensor4D, [299, 299], false, true);
  return tf.sub(tf.mul(resized, 2), 1) as tf.Tensor4D;
};

function features(options: InceptionOptions, x: tf.Tensor4D): Float32Array {
  return tf.tidy(() => {
    const network = inception({ divisor: 16, ...options });
    const folded = network.fold(checkpoint);
    const w = Object.fromEntries(
      Object.entries(network.weights).map(([name, shape]) => [name, tf.tensor(folded[name]!, [...shape])]),
    );
    return network.features(w, x).dataSync() as Float32Array;
  });
}

describe("Inception.features agree with pytorch-fid's to 1e-4", () => {
  test.each([
    ["pooled0", 64, 4],
    ["pooled1", 192, 12],
    ["pooled2", 768, 48],
    ["features", 2048, 128],
  ] as const)("%s, at tap %i with %i channels", (name, tap, width) => {
    const found = features({ tap }, images());
    expect(found.length).toBe(N * width);
    expect(Math.max(...found.map((x, i) => Math.abs(x - expected[name]![i]!)))).toBeLessThan(1e-4);
  });
});

test("spatial features are the first 7 channels of 17 x 17 positions, as in the evaluator of ADM", () => {
  expect(inception({ spatial: true }).dimension).toBe(2023);
  const found = features({ spatial: true }, images());
  expect(found.length).toBe(N * 2023);
  expect(found.every((x) => x >= 0)).toBe(true);
});

test("inception refuses images of another size and a damaged checkpoint", () => {
  expect(() => inception().features({}, tf.zeros([1, 298, 299, 3]))).toThrow("wanted [N, 299, 299, 3]");
  const damaged = { ...checkpoint, "Conv2d_1a_3x3.bn.running_var": new Float32Array(2).fill(-1) };
  expect(() => inception({ divisor: 16 }).fold(damaged)).toThrow("channel 0 of 'Conv2d_1a_3x3.bn' has variance -1");
});
