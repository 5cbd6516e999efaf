// Check that the functions of a method only build tensors: they read no values, and leave no tensors behind.

import * as tf from "@dit-bench/tfjs";
import { type Check, fail } from "./check.ts";
import { runInTidy } from "./eager.ts";
import { gradients, gradientTensors } from "./gradients.ts";
import { makeSubject } from "./subject.ts";

export const readingChecks: readonly Check[] = [
  {
    name: "reads no values and leaves no tensors behind",
    meaning: "The training step cannot be compiled, or an eager engine runs out of memory.",
    advice: "dataSync, data, array and tf.keep in forward and affine; tf.where replaces a branch on a value",
    run(c) {
      const s = makeSubject(c);
      runInTidy(() => gradients(s, s.moved));
      const before = tf.memory().numTensors;
      runInTidy(() => gradientTensors(s, s.moved, forbidReading));
      const left = tf.memory().numTensors - before;
      if (left !== 0) fail(`leaves ${left} tensors behind`);
    },
  },
];

/** Runs f while reading a tensor's values is an error. */
function forbidReading<T>(f: () => T): T {
  const proto = tf.Tensor.prototype;
  const original = { dataSync: proto.dataSync, data: proto.data };
  proto.dataSync = proto.data = () => fail("reads a tensor's values; a method must use only tensor functions");
  try {
    return f();
  } finally {
    Object.assign(proto, original);
  }
}
