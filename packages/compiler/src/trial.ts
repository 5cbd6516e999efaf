import * as tf from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";

/**
 * Computes a small product with a constant that is large enough to be handled as weights are, so that an engine whose device does not
 * start, or computes nonsense, is known before it is given work.
 */
export async function tryEngine(engine: Engine): Promise<Engine> {
  const weights = Float32Array.from({ length: 2 * 256 }, (_, i) => i % 256); // all of them exact in float16
  const compiled = await engine.compile(
    ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }),
    { x: { shape: [1, 2] }, w: { shape: [2, 256], value: weights } },
    { name: "trial" },
  );
  const { y } = await compiled.run({ x: Float32Array.of(2, 1) }).finally(() => compiled.dispose());
  const wrong = y!.findIndex((v, i) => v !== 3 * i);
  if (wrong !== -1) throw new Error(`a product came out wrong: element ${wrong} is ${y![wrong]}, wanted ${3 * wrong}`);
  return engine;
}
