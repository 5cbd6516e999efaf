// Elementwise kernels against eager tfjs, with gradients.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, test } from "vitest";
import { agree, gradientsAgree, type Sample, sample } from "../testing/agree.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const positive = () => tf.add(tf.abs(sample([3, 4])), 0.1);
const withinUnit = () => tf.mul(sample([3, 4]), 0.45); // (-0.9, 0.9)
const aboveOne = () => tf.add(positive(), 1.1);

const unary: Record<string, [Unary, (() => Sample)?]> = {
  abs: [tf.abs],
  neg: [tf.neg],
  exp: [tf.exp],
  sin: [tf.sin],
  cos: [tf.cos],
  tan: [tf.tan, withinUnit],
  tanh: [tf.tanh],
  sigmoid: [tf.sigmoid],
  sinh: [tf.sinh],
  cosh: [tf.cosh],
  asinh: [tf.asinh],
  atan: [tf.atan],
  erf: [tf.erf],
  softplus: [tf.softplus],
  relu: [tf.relu],
  relu6: [(x) => tf.relu6(tf.mul(x, 5))],
  elu: [tf.elu],
  selu: [tf.selu],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.1)],
  square: [tf.square],
  log: [tf.log, positive],
  sqrt: [tf.sqrt, positive],
  rsqrt: [tf.rsqrt, positive],
  reciprocal: [tf.reciprocal, positive],
  asin: [tf.asin, withinUnit],
  acos: [tf.acos, withinUnit],
  atanh: [tf.atanh, withinUnit],
  acosh: [tf.acosh, aboveOne],
  clipByValue: [(x) => tf.clipByValue(x, -1, 0.5)],
  sign: [tf.sign],
  floor: [tf.floor],
  ceil: [tf.ceil],
  step: [(x) => tf.step(x, 0.2)],
  "pow of a constant": [(x) => tf.pow(x, tf.scalar(2))],
  "division by a number": [(x) => tf.div(x, 3)],
  "a cast and back": [(x) => tf.cast(tf.cast(x, "int32"), "float32")],
};
const withoutGradient = ["a cast and back", "acosh"];

describe("unary kernels", () => {
  for (const [name, [f, of = () => [3, 4]]] of Object.entries(unary)) {
    test(`${name} has the values and gradient of eager tfjs`, async () => {
      await agree(f as never, [of()]);
      if (!withoutGradient.includes(name)) await gradientsAgree(f as never, [of()]);
    });
  }

  test("round rounds halves to even", () =>
    agree((x) => tf.round(x!), [tf.tensor1d([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 1.2])]));

  test("step, isNaN, isInf and isFinite treat NaN and infinities as tfjs does", () =>
    agree(
      (x) => [tf.step(x!), tf.isNaN(x!), tf.isInf(x!), tf.isFinite(x!)],
      [tf.tensor1d([Number.NaN, Infinity, -Infinity, 1])],
    ));

  test("prelu scales negative elements only", () => agree((x, a) => tf.prelu(x!, a!), [[3, 4], [4]]));

  test("casts between float32, int32 and bool truncate as tfjs does", () =>
    agree(
      (x, i, b) => [
        tf.cast(x!, "int32"),
        tf.cast(x!, "bool"),
        tf.cast(i!, "float32"),
        tf.cast(b!, "float32"),
        tf.cast(b!, "int32"),
      ],
      [tf.tensor1d([-1.7, 0, 1.7]), tf.tensor1d([-2, 0, 3], "int32"), tf.tensor1d([true, false, true])],
    ));
});

const binary: Record<string, Binary> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: (a, b) => tf.div(a, tf.add(tf.abs(b), 0.5)),
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  pow: (a, b) => tf.pow(tf.add(tf.abs(a), 0.1), b),
};
/** tfjs's own gradients of these need operands of one shape. */
const equalShapesOnly = ["maximum", "minimum", "squaredDifference"];
const shapes: [number[], number[]][] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [
    [2, 3, 1],
    [3, 5],
  ],
  [[], []],
  [[1], [1, 1, 1]],
];

describe("binary kernels", () => {
  for (const [name, f] of Object.entries(binary)) {
    for (const [a, b] of shapes) {
      test(`${name} of [${a}] and [${b}] has the values and gradients of eager tfjs`, async () => {
        await agree(f as never, [a, b]);
        if (!equalShapesOnly.includes(name) || `${a}` === `${b}`) await gradientsAgree(f as never, [a, b]);
      });
    }
  }

  test("floorDiv and mod take the divisor's sign, on float32 and int32", async () => {
    const [a, b] = [tf.tensor1d([7, -7, 7, -7, 6, 0.9]), tf.tensor1d([2, 2, -2, -2, 3, 0.3])];
    await agree((a, b) => [tf.floorDiv(a!, b!), tf.mod(a!, b!)], [a, b]);
    await agree((a, b) => tf.floorDiv(a!, b!), [tf.cast(a, "int32"), tf.tensor1d([2, 2, -2, -2, 3, 5], "int32")]);
  });

  test("int32 operands add, subtract, multiply and compare", () =>
    agree(
      (a, b) => [tf.add(a!, b!), tf.sub(a!, b!), tf.mul(a!, b!), tf.maximum(a!, b!), tf.less(a!, b!)],
      [tf.tensor1d([1, -2, 3], "int32"), tf.tensor1d([4, 5, -6], "int32")],
    ));

  test("addN sums three tensors", () =>
    agree(
      (a, b, c) => tf.addN([a!, b!, c!]),
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    ));
});

describe("comparisons and selections", () => {
  const [a, b] = [tf.tensor1d([1, 2, 3, Number.NaN]), tf.tensor1d([3, 2, 1, 0])];
  const comparisons: Record<string, Binary> = {
    equal: tf.equal,
    notEqual: tf.notEqual,
    less: tf.less,
    lessEqual: tf.lessEqual,
    greater: tf.greater,
    greaterEqual: tf.greaterEqual,
  };
  for (const [name, f] of Object.entries(comparisons)) {
    test(`${name} has the values of eager tfjs`, () => agree(f as never, [a, b]));
  }

  test("logical and, or, xor and not follow their truth tables", () =>
    agree(
      (p, q) => [tf.logicalAnd(p!, q!), tf.logicalOr(p!, q!), tf.logicalXor(p!, q!), tf.logicalNot(p!)],
      [tf.tensor1d([true, true, false, false]), tf.tensor1d([true, false, true, false])],
    ));

  test("where selects by element, by row and by scalar", async () => {
    const f = (c: tf.Tensor) => (a: tf.Tensor, b: tf.Tensor) => tf.where(c, a, b);
    for (const c of [tf.tensor2d([1, 0, 0, 1], [2, 2], "bool"), tf.tensor1d([true, false]), tf.scalar(true)]) {
      await agree(f(c) as never, [
        [2, 2],
        [2, 2],
      ]);
      await gradientsAgree(f(c) as never, [
        [2, 2],
        [2, 2],
      ]);
    }
  });
});
