// Reductions against eager tfjs, with gradients.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, test } from "vitest";
import { agree, gradientsAgree } from "../testing/agree.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const reductions = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, logSumExp: tf.logSumExp, prod: tf.prod };
const axes: [string, number[] | undefined, boolean][] = [
  ["all axes", undefined, false],
  ["the last axis", [-1], true],
  ["the first and last axes", [0, -1], false],
  ["a middle axis", [1], false],
  ["the first axis", [0], true],
  ["the first two axes", [0, 1], false],
];

describe("reduction kernels", () => {
  for (const [name, f] of Object.entries(reductions)) {
    for (const [which, axis, keep] of axes) {
      test(`${name} over ${which}${keep ? ", kept," : ""} agrees with eager tfjs in values and gradients`, async () => {
        const g = (x: tf.Tensor) => f(x, axis as number[], keep);
        await agree(g as never, [[2, 3, 4]]);
        if (name === "prod") return; // tfjs has a gradient of prod for one axis only
        await gradientsAgree(g as never, [[2, 3, 4]]);
      });
    }
  }

  test("sum over leading axes of size one and other axes has the values and gradients of eager tfjs", async () => {
    for (const axis of [[0], [1], [0, 1], [0, 2], [1, 2]]) {
      await agree((x) => tf.sum(x!, axis, true), [[1, 5, 1, 4]]);
      await gradientsAgree((x) => tf.sum(x!, axis), [[1, 5, 1, 4]]);
    }
  });

  test("sum, mean and max of a scalar have the values of eager tfjs", () =>
    agree((x) => [tf.sum(x!), tf.mean(x!), tf.max(x!)], [[]]));

  test("sum, mean, max, all and any of int32 and bool have the values of eager tfjs", () =>
    agree(
      (i, b) => [
        tf.sum(i!),
        tf.mean(i!),
        tf.max(i!),
        tf.sum(b!),
        tf.mean(b!),
        tf.all(b!),
        tf.any(b!),
        tf.all(b!, 1),
        tf.any(b!, 0, true),
      ],
      [tf.tensor2d([1, -2, 3, 5], [2, 2], "int32"), tf.tensor2d([1, 0, 1, 1], [2, 2], "bool")],
    ));

  test("argMax and argMin return the first of equal elements", () =>
    agree((x) => [tf.argMax(x!, -1), tf.argMin(x!, 0)], [tf.tensor2d([1, 3, 3, 2, 1, 0], [2, 3])]));

  test("cumsum, exclusive or reversed, has the values and gradients of eager tfjs", async () => {
    await agree(
      (x) => [tf.cumsum(x!, 1), tf.cumsum(x!, 0, true), tf.cumsum(x!, 1, false, true), tf.cumsum(x!, 1, true, true)],
      [[3, 4]],
    );
    await gradientsAgree((x) => tf.cumsum(x!, 1, true, true), [[3, 4]]);
  });

  test("softmax and logSoftmax have the values and gradients of eager tfjs", async () => {
    for (const f of [tf.softmax, tf.logSoftmax]) {
      await agree((x) => f(x!), [[2, 3, 4]]);
      await gradientsAgree((x) => f(x!), [[2, 3, 4]]);
    }
  });

  test("the variance of tf.moments has the gradient of eager tfjs", () =>
    gradientsAgree((x) => tf.moments(x!, [0]).variance, [[5, 3]]));
});
