// Functions that generate random numbers are refused by compiled and eager engines, with op and source line.

import * as tf from "@dit-bench/tfjs";
import { describe, expect, it } from "vitest";
import { createEngine } from "../engines/create-engine.ts";
import { withoutRandomness } from "./purity.ts";
import { trace } from "./trace.ts";

const signature = { x: { shape: [2, 3] } };
type Op = (x: tf.Tensor) => tf.Tensor;

const randomFunctions: [op: string, f: Op][] = [
  ["tf.dropout", (x) => tf.dropout(x, 0.5)],
  ["tf.dropout", (x) => tf.dropout(x, 0.5, undefined, 7)],
  ["tf.randomNormal", (x) => tf.add(x, tf.randomNormal([2, 3]))],
  ["tf.randomStandardNormal", (x) => tf.add(x, tf.randomStandardNormal([2, 3]))],
  ["tf.randomUniform", (x) => tf.add(x, tf.randomUniform([2, 3], 0, 1, "float32", "seed"))],
  ["tf.randomUniformInt", (x) => tf.add(x, tf.randomUniformInt([2, 3], 0, 9))],
  ["tf.randomGamma", (x) => tf.add(x, tf.randomGamma([2, 3], 1))],
  ["tf.truncatedNormal", (x) => tf.add(x, tf.truncatedNormal([2, 3]))],
  ["tf.multinomial", () => tf.multinomial(tf.tensor2d([[0.5, 0.5]]), 3)],
  [
    "tf.rand",
    (x) =>
      tf.add(
        x,
        tf.rand([2, 3], () => 0.5),
      ),
  ],
  ["tf.randomUniform", (x) => tf.add(x, tf.initializers.randomUniform({}).apply([2, 3]))],
  ["tf.dropout", (x) => tf.layers.dropout({ rate: 0.5 }).apply(x, { training: true }) as tf.Tensor],
  ["Math.random", (x) => tf.mul(x, Math.random())],
];

describe("withoutRandomness", () => {
  it.each(randomFunctions)("refuses %s while tracing, with its source line", (op, f) => {
    expect(() => trace(({ x }) => ({ y: f(x!) }), signature)).toThrow(
      new RegExp(`^${op} generates random numbers, at .*purity\\.test\\.ts:\\d+:\\d+: `),
    );
  });

  it.each(randomFunctions)("refuses %s on an eager engine, also in a second run", async (op, f) => {
    const engine = await createEngine("tfjs-cpu");
    let runs = 0;
    const compiled = await engine.compile(({ x }) => ({ y: runs++ > 0 ? f(x!) : x! }), signature);
    await compiled.run({ x: new Float32Array(6) });
    await expect(compiled.run({ x: new Float32Array(6) })).rejects.toThrow(`${op} generates random numbers`);
    await compiled.dispose();
  });

  it("accepts dropout at rate 0, which generates no random numbers", () => {
    expect(trace(({ x }) => ({ y: tf.dropout(x!, 0) }), signature).nodes).toEqual([]);
  });

  it("allows random ops again afterwards, also after a refusal", () => {
    const { startScope } = tf.engine();
    expect(() => withoutRandomness(() => tf.randomNormal([1]))).toThrow();
    expect(() => withoutRandomness(() => withoutRandomness(() => 1) + tf.randomNormal([1]).size)).toThrow();
    expect(tf.engine().startScope).toBe(startScope);
    expect(tf.tidy(() => tf.randomNormal([3]).size)).toBe(3);
  });
});
