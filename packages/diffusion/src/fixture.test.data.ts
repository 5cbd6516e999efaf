// Values of the official DiT code, and helpers to compare with them.

import { fileURLToPath } from "node:url";
import { type DitConfig, dit } from "@dit-bench/dit";
import * as tf from "@dit-bench/tfjs";
import { readSafetensors } from "@dit-bench/weights";

/** Values of facebookresearch/DiT at commit ed81ce2, computed in float32 on a CPU; schedules in float64. */
export function fixture(name: string, folder = "fixtures") {
  const { tensors } = readSafetensors(fileURLToPath(new URL(`${folder}/${name}.safetensors`, import.meta.url)));
  const stored = (key: string) => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`fixture ${name} has no "${key}"`);
    return tensor;
  };
  const numbers = (key: string) => Array.from(stored(key).data as ArrayLike<number | bigint>, Number);
  const tensor = (key: string) => tf.tensor(numbers(key), [...stored(key).shape], "float32");
  return {
    names: [...tensors.keys()],
    numbers,
    tensor,
    steps: (key: string) => Int32Array.from(numbers(key)),
    /** One tensor per row of the first axis. */
    rows: (key: string) => tf.unstack(tensor(key)),
  };
}

/** The network of the fixtures: untrained, no weight is zero. Its weights are among the fixtures of packages/dit. */
export const network: DitConfig = {
  name: "fixture",
  inputSize: 8,
  patchSize: 2,
  channels: 4,
  width: 64,
  depth: 2,
  heads: 4,
  mlpRatio: 4,
  classes: 10,
  learnSigma: true,
};

export const networkWeights = (): Record<string, tf.Tensor> => {
  const weights = fixture("dit_weights", "../../dit/src/fixtures");
  return Object.fromEntries(weights.names.map((name) => [name, weights.tensor(name)]));
};

/** The network's output [N, 2C, H, W]. @param t one timestep for each sample */
export function predict(w: Record<string, tf.Tensor>, x: tf.Tensor, t: Int32Array, y: Int32Array): tf.Tensor {
  return dit(w, network, x, tf.tensor1d(Float32Array.from(t)), tf.tensor1d(y, "int32"));
}

/** Float32 arrays as tensors, by name. */
export const tensors = (arrays: Record<string, Float32Array>): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, tf.tensor1d(array)]));

/** Largest absolute difference. */
export function difference(got: ArrayLike<number> | tf.Tensor, want: ArrayLike<number> | tf.Tensor): number {
  const [a, b] = [values(got), values(want)];
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= largest)) largest = d; // keeps a NaN, which fails every comparison
    if (Number.isNaN(d)) return d;
  }
  return largest;
}

/** Largest absolute difference over the largest absolute value wanted. */
export function relativeDifference(got: ArrayLike<number> | tf.Tensor, want: ArrayLike<number> | tf.Tensor): number {
  return difference(got, want) / values(want).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
}

function values(x: ArrayLike<number> | tf.Tensor): number[] {
  return Array.from(x instanceof tf.Tensor ? (x.dataSync() as Float32Array) : x);
}
