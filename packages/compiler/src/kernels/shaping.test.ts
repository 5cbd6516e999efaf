// Kernels that move elements or make constants against eager tfjs, with gradients.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, test } from "vitest";
import { agree, gradientsAgree, type Sample } from "../testing/agree.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type F = (...xs: tf.Tensor[]) => tf.Tensor;
const cases: Record<string, [F, ...Sample[]]> = {
  "reshape with an inferred side": [(x) => tf.reshape(x!, [-1, 2]), [3, 4]],
  "reshape to a scalar": [(x) => tf.reshape(x!, []), [1, 1]],
  "expandDims from the end": [(x) => tf.expandDims(x!, -1), [2, 3]],
  squeeze: [(x) => tf.squeeze(x!), [1, 3, 1]],
  transpose: [(x) => tf.transpose(x!, [2, 0, 1]), [2, 3, 4]],
  "transpose without a perm": [(x) => tf.transpose(x!), [2, 3]],
  tile: [(x) => tf.tile(x!, [2, 3]), [2, 2]],
  broadcastTo: [(x) => tf.broadcastTo(x!, [2, 3, 4]), [3, 1]],
  concat: [(a, b) => tf.concat([a!, b!], -1), [2, 3], [2, 1]],
  "concat with an empty part": [(a) => tf.concat([a!, tf.zeros([0, 3])], 0), [2, 3]],
  "concat of more than ten parts, in order": [(x) => tf.concat(tf.split(x!, 12, 0).reverse(), 0), [12, 2]],
  stack: [(a, b) => tf.stack([a!, b!], -1), [2, 3], [2, 3]],
  "stack of scalars": [(a, b) => tf.stack([a!, b!]), [], []],
  slice: [(x) => tf.slice(x!, [1, 0], [1, -1]), [3, 4]],
  "slice of one element": [(x) => tf.slice(x!, [2], [1]), [3]],
  reverse: [(x) => tf.reverse(x!, [0, -1]), [3, 4]],
  pad: [
    (x) =>
      tf.pad(
        x!,
        [
          [1, 0],
          [0, 2],
        ],
        0,
      ),
    [2, 3],
  ],
  "pad by zero elements": [(x) => tf.pad(x!, [[0, 0]], 7), [3]],
  "sum of the parts of a split": [(x) => tf.addN(tf.split(x!, 3, -1)), [2, 6]],
  "last part of an uneven split": [(x) => tf.split(x!, [1, 2, 3], 1)[2]!, [2, 6]],
  unstack: [(x) => tf.unstack(x!, 1)[1]!, [2, 3]],
  gather: [(x) => tf.gather(x!, tf.tensor1d([2, 0, 2], "int32"), 0), [3, 4]],
  "gather along the last axis": [
    (x) =>
      tf.gather(
        x!,
        tf.tensor2d(
          [
            [1, 0],
            [1, 1],
          ],
          [2, 2],
          "int32",
        ),
        -1,
      ),
    [3, 4],
  ],
  "matMul with one-hot rows": [
    (x) => tf.matMul(tf.oneHot(tf.tensor1d([2, 0, 1], "int32"), 3) as tf.Tensor2D, x as tf.Tensor2D),
    [3, 4],
  ],
};

describe("shaping kernels with gradients", () => {
  for (const [name, [f, ...samples]] of Object.entries(cases)) {
    test(`${name} has the values and gradients of eager tfjs`, async () => {
      await agree(f as never, samples);
      await gradientsAgree(f, samples);
    });
  }
});

describe("shaping kernels", () => {
  test("zerosLike, onesLike, fill, range and linspace make the constants of eager tfjs", () =>
    agree(
      (x) => [tf.zerosLike(x!), tf.onesLike(x!), tf.fill([2, 2], 3), tf.range(1, 10, 4), tf.linspace(0, 1, 5)],
      [[2, 3]],
    ));

  test("stridedSlice walks forwards and backwards, and drops axes by its mask", () =>
    agree(
      (x) => [
        tf.stridedSlice(x!, [0, 1], [3, 6], [2, 2]),
        tf.stridedSlice(x!, [2, 5], [0, -7], [-1, -2]),
        tf.stridedSlice(x!, [1, 0], [2, 2], [1, 1], 0, 0, 0, 0, 1),
      ],
      [[3, 6]],
    ));

  test("mirrorPad reflects at the edges", () =>
    agree(
      (x) =>
        tf.mirrorPad(
          x!,
          [
            [1, 1],
            [2, 0],
          ],
          "reflect",
        ),
      [[3, 4]],
    ));

  test("oneHot with given values, with indices out of range, and as int32", () =>
    agree(
      (i) => [tf.oneHot(i as tf.Tensor1D, 3, 5, -1), tf.oneHot(i as tf.Tensor1D, 3, 1, 0, "int32")],
      [tf.tensor1d([0, 2, 3, -1], "int32")],
    ));

  test("unsortedSegmentSum drops rows with a negative segment", () =>
    agree((x, i) => tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 3), [[4, 2], tf.tensor1d([2, 0, 2, -1], "int32")]));

  test("empty tensors pass through", () => agree((x) => [tf.mul(x!, 2), tf.reshape(x!, [3, 0])], [tf.zeros([0, 3])]));

  test("an output may be an input or a constant, and two outputs may be one value", () =>
    agree(
      (x) => {
        const y = tf.neg(x!);
        return [x, tf.scalar(3), y, y];
      },
      [[2]],
    ));
});
