// Convolutions, pools, batch norm and resizing against eager tfjs, with gradients.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { agree, compiledEngine, gradientsAgree, sample } from "../testing/agree.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Pad = "same" | "valid" | number;
const geometries: [number, 1 | 2 | 3, Pad][] = [
  [1, 1, "same"],
  [3, 1, "same"],
  [3, 2, "same"],
  [3, 2, "valid"],
  [2, 2, "valid"],
  [3, 1, 1],
  [5, 3, "same"],
];

describe("conv2d has the values and gradients of eager tfjs", () => {
  for (const [side, stride, pad] of geometries) {
    test(`for a ${side} x ${side} filter, stride ${stride}, padding ${pad}`, async () => {
      const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
      await agree(f as never, [
        [2, 7, 8, 3],
        [side, side, 3, 4],
      ]);
      await gradientsAgree(f as never, [
        [2, 7, 8, 3],
        [side, side, 3, 4],
      ]);
    });
  }

  test("for unequal sides, explicit padding and dilation", async () => {
    const explicit = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]);
    await agree(explicit as never, [
      [1, 6, 7, 2],
      [1, 3, 2, 3],
    ]);
    await gradientsAgree(explicit as never, [
      [1, 6, 7, 2],
      [1, 3, 2, 3],
    ]);
    await agree(((x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, "same", "NHWC", 2)) as never, [
      [1, 6, 7, 2],
      [3, 3, 2, 3],
    ]);
  });

  test("for conv2dTranspose from 4 x 4 to 8 x 8", () =>
    agree(((x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(x, w, [1, 8, 8, 2], 2, "same")) as never, [
      [1, 4, 4, 3],
      [3, 3, 2, 3],
    ]));
});

describe("depthwiseConv2d has the values and gradients of eager tfjs", () => {
  for (const [side, stride, pad] of geometries) {
    test(`for a ${side} x ${side} filter, stride ${stride}, padding ${pad}, two outputs of each channel`, async () => {
      const f = (x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
      const shapes = [
        [2, 7, 8, 3],
        [side, side, 3, 2],
      ];
      await agree(f as never, shapes);
      await gradientsAgree(f as never, shapes);
    });
  }

  test("for unequal sides and dilation", () =>
    agree(((x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, "same", "NHWC", [2, 1])) as never, [
      [1, 6, 7, 2],
      [3, 2, 2, 1],
    ]));
});

describe("pooling kernels", () => {
  for (const [side, stride, pad] of geometries.filter(([, , pad]) => pad !== 1)) {
    test(`pools of ${side} x ${side}, stride ${stride}, padding ${pad} agree with eager tfjs`, async () => {
      const max = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, side, stride, pad);
      const avg = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, side, stride, pad);
      await agree(max as never, [[2, 7, 8, 3]]);
      await agree(avg as never, [[2, 7, 8, 3]]);
      await gradientsAgree(max as never, [[2, 7, 8, 3]]);
      if (pad === "valid") await gradientsAgree(avg as never, [[2, 7, 8, 3]]);
    });
  }

  test("the gradient of an average pool is that of its forward pass where padding cuts the window", async () => {
    const f = ({ x }: Record<string, tf.Tensor>) => {
      const loss = (x: tf.Tensor) =>
        tf.sum(tf.mul(tf.avgPool(x as tf.Tensor4D, 3, 2, "same"), sample([1, 3, 3, 2], 1)));
      const { value, grad } = tf.valueAndGrad(loss)(x!);
      return { value, grad };
    };
    const compiled = await (await compiledEngine()).compile(f, { x: { shape: [1, 5, 5, 2] } });
    for (let i = 0; i < 50; i++) {
      // The function is linear: its value at a unit vector is the gradient there.
      const { value, grad } = await compiled.run({ x: new Float32Array(50).with(i, 1) });
      expect(grad![i]).toBeCloseTo(value![0]!, 6);
    }
    await compiled.dispose();
  });

  test("the gradient of a max pool goes to the first of equal elements", () =>
    gradientsAgree(((x: tf.Tensor4D) => tf.maxPool(x, 2, 2, "valid")) as never, [tf.ones([1, 4, 4, 1])]));
});

describe("image kernels have the values of eager tfjs", () => {
  test("for batch norm at inference, and the gradients of all operands", async () => {
    const f = (x: tf.Tensor, mean: tf.Tensor, spread: tf.Tensor, offset: tf.Tensor, scale: tf.Tensor) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.add(tf.square(spread), 0.1) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    await agree(f as never, [[2, 3, 4, 5], [5], [5], [5], [5]]);
    await gradientsAgree(f as never, [[2, 3, 4, 5], [5], [5], [5], [5]]);
  });

  test("for bilinear resizing up and down, with and without half-pixel centres", () =>
    agree(
      (x) =>
        [true, false].flatMap((half) => [
          tf.image.resizeBilinear(x as tf.Tensor4D, [9, 11], false, half),
          tf.image.resizeBilinear(x as tf.Tensor4D, [3, 2], false, half),
        ]),
      [[2, 5, 6, 3]],
    ));

  test("for nearest resizing to twice the size", () =>
    agree((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [10, 12]), [[2, 5, 6, 3]]));
});
