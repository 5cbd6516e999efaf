// A trial run of an engine, before it is given work.

import * as tf from "@dit-bench/tfjs";
import type { Engine } from "../../contract/engine.ts";

/**
 * Multiplies a vector by a small matrix, and returns the engine if the result is exact. The matrix is large enough to
 * be stored as weights are. Throws if the device does not start or computes wrong numbers.
 */
export async function tryEngine(engine: Engine): Promise<Engine> {
  const weights = Float32Array.from({ length: 2 * 256 }, (_, i) => i % 256); // all exact in float16
  const compiled = await engine.compile(
    ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }),
    { x: { shape: [1, 2] }, w: { shape: [2, 256], value: weights } },
    { name: "trial" },
  );
  const { y } = await compiled.run({ x: Float32Array.of(2, 1) }).finally(() => compiled.dispose());
  const wrongIndex = y!.findIndex((v, i) => v !== 3 * i);
  if (wrongIndex !== -1)
    throw new Error(
      `a matrix multiplication came out wrong: element ${wrongIndex} is ${y![wrongIndex]}, wanted ${3 * wrongIndex}`,
    );
  return engine;
}
