// Matrix multiplications, and the functions of @dit-bench/ops, against eager tfjs, with gradients.

import * as ops from "@dit-bench/ops";
import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, test } from "vitest";
import { agree, gradientsAgree } from "../testing/agree.ts";
import { modulate } from "../testing/block.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("matMul agrees with eager tfjs", () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    for (const batch of [[], [2], [2, 3]]) {
      test(`for batch [${batch}], transposeA ${transposeA}, transposeB ${transposeB}`, async () => {
        const f = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB);
        const [a, b] = [transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]];
        await agree(f as never, [
          [...batch, ...a],
          [...batch, ...b],
        ]);
        await gradientsAgree(f as never, [
          [...batch, ...a],
          [...batch, ...b],
        ]);
      });
    }
  }

  test("when leading axes broadcast", () =>
    agree(
      (a, b) => tf.matMul(a!, b!),
      [
        [2, 3, 4],
        [1, 4, 5],
      ],
    ));
  test("for a vector, by tf.dot", () => gradientsAgree((a, b) => tf.dot(a!, b!), [[4], [4, 3]]));
});

describe("functions of @dit-bench/ops, compiled", () => {
  const cases: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    layerNorm: (x) => ops.layerNorm(x),
    gelu: ops.gelu,
    silu: ops.silu,
    selfAttention: (x) => ops.selfAttention(x, 2),
    stopGradient: (x) => tf.mul(x, ops.stopGradient(tf.square(x))),
  };
  for (const [name, f] of Object.entries(cases)) {
    test(`${name} has the values and gradients of its eager form`, async () => {
      await agree(f as never, [[2, 3, 12]]);
      await gradientsAgree(f as never, [[2, 3, 12]]);
    });
  }

  test("linear has the values and gradients of its eager form", async () => {
    await agree(ops.linear as never, [[2, 3, 4], [5, 4], [5]]);
    await gradientsAgree(ops.linear as never, [[2, 3, 4], [5, 4], [5]]);
  });

  test("a modulated layer norm has the gradients of its eager form", () =>
    gradientsAgree(
      (x, shift, scale) => modulate(ops.layerNorm(x!), shift!, scale!),
      [
        [2, 3, 8],
        [2, 1, 8],
        [2, 1, 8],
      ],
    ));
});
