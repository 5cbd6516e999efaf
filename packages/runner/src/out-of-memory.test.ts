// Failed allocations, made by asking for far too much memory.

import { createEngine } from "@dit-bench/compiler";
import * as tf from "@dit-bench/tfjs";
import { describe, expect, it } from "vitest";
import { BenchError } from "./errors.ts";
import { withMemoryAdvice } from "./out-of-memory.ts";

const failure = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return withMemoryAdvice(error, "take a smaller batch");
  }
  throw new Error("it did not fail");
};

describe("withMemoryAdvice", () => {
  it("names the size of an allocation that fails in ONNX Runtime", async () => {
    const engine = await createEngine("cpu", { threads: 1 });
    const n = 2 ** 20;
    const x = { shape: [1, n] };
    const square = await engine.compile(({ x }) => ({ y: tf.sum(tf.matMul(x!, x!, true, false)) }), { x });
    expect(await failure(() => square.run({ x: new Float32Array(n) }))).toMatchObject({
      exitCode: 1,
      message: "out of memory (a buffer of 4398.0 GB); take a smaller batch",
    });
    await square.dispose();
  });

  it("recognises an allocation that fails in JavaScript", async () => {
    for (const allocate of [() => new Float32Array(2 ** 40), () => new ArrayBuffer(2 ** 52)])
      expect(await failure(allocate)).toMatchObject({
        message: expect.stringMatching(/^out of memory \(.*\); take a smaller batch$/),
      });
  });

  it("finds a failed allocation among the causes of an error, and leaves other errors as they are", async () => {
    const wrapped = new Error("step: it failed", { cause: new Error("std::bad_alloc") });
    expect(withMemoryAdvice(wrapped, "…")).toBeInstanceOf(BenchError);
    for (const other of [
      new RangeError("Invalid typed array length: -1"),
      new BenchError("data", "out of memory?"),
      "x",
    ])
      expect(withMemoryAdvice(other, "…")).toBe(other);
  });
});
