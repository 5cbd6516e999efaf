// The adapted model on eager tensorflow.js, for checks.

import type { Values } from "@dit-bench/method";
import * as tf from "@dit-bench/tfjs";
import { eagerInputs, forward, type Subject, toTensors } from "./subject.ts";

/** Runs f and disposes of its tensors. */
export function runInTidy<T>(f: () => T): T {
  let result: T;
  tf.tidy(() => {
    result = f();
  });
  return result!;
}

export function adaptedOutput(s: Subject, trainable: Values): tf.Tensor {
  return forward(s, toTensors(s, { ...s.base, ...trainable }), ...eagerInputs());
}

/** The largest absolute difference; NaN if there is a NaN. */
export const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
