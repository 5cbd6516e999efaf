// The rate of a bare matrix product through an engine: the ceiling of everything else.

import type { Engine } from "@dit-bench/compiler";
import * as tf from "@tensorflow/tfjs";

const SIDE = 768;
const RUNS = 5;

/** Floating-point operations a second of the best of five products of 768 × 768 matrices. Takes a second. */
export async function productRate(engine: Engine): Promise<number> {
  const product = await engine.compile(({ a, b }) => ({ c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) }), {
    a: { shape: [SIDE, SIDE] },
    b: { shape: [SIDE, SIDE] },
  });
  const inputs = { a: new Float32Array(SIDE ** 2).fill(1), b: new Float32Array(SIDE ** 2).fill(1) };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await product.run(inputs);
    best = Math.min(best, performance.now() - start);
  }
  await product.dispose();
  return (2 * SIDE ** 3) / (best / 1e3);
}
