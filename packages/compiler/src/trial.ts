import * as tf from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";

/** Computes a small product, so that an engine whose device does not start, or computes nonsense, is known before it is given work. */
export async function tryEngine(engine: Engine): Promise<Engine> {
  const compiled = await engine.compile(
    ({ x, y }) => ({ z: tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D) }),
    { x: { shape: [2, 3] }, y: { shape: [3, 2] } },
    { name: "trial" },
  );
  const { z } = await compiled.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Float32Array.of(1, 0, 0, 1, 2, 2) });
  await compiled.dispose();
  if (`${z}` !== "7,8,16,17") throw new Error(`a product came out as [${z}]: wanted [7,8,16,17]`);
  return engine;
}
