// Measures the GEMM throughput of an engine, which bounds the throughput of training and sampling.

import type { Engine } from "@dit-bench/compiler";
import * as tf from "@dit-bench/tfjs";

const SIDE = 768;
const RUNS = 5;
/** After this time no further multiplication begins, except the second one: the first may warm up the engine. */
const ENOUGH_MS = 200;

/** Floating-point operations per second: the best of up to five multiplications of 768 × 768 matrices. */
export async function gemmThroughput(engine: Engine): Promise<number> {
  const matMul = await engine.compile(({ a, b }) => ({ c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) }), {
    a: { shape: [SIDE, SIDE] },
    b: { shape: [SIDE, SIDE] },
  });
  const inputs = { a: new Float32Array(SIDE ** 2).fill(1), b: new Float32Array(SIDE ** 2).fill(1) };
  let best = Number.POSITIVE_INFINITY;
  const firstStart = performance.now();
  for (let i = 0; i < RUNS && (i < 2 || performance.now() - firstStart < ENOUGH_MS); i++) {
    const start = performance.now();
    await matMul.run(inputs);
    best = Math.min(best, performance.now() - start);
  }
  await matMul.dispose();
  return (2 * SIDE ** 3) / (best / 1e3);
}
