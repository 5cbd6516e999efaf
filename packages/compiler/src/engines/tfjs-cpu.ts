// The engine `tfjs-cpu`: tensorflow.js in plain JavaScript, the reference that compiled engines are tested against.

import * as tf from "@dit-bench/tfjs";
import { createEagerEngine } from "./eager/eager-engine.ts";
import type { EngineEntry } from "./entry.ts";

export const tfjsCpu = {
  description: "op by op in JavaScript, the slow reference",
  how: "reinstall @tensorflow/tfjs",
  autoRank: 4,
  load: async () => tf.version_core,
  start: async () => createEagerEngine("tfjs-cpu", "cpu", 1),
} as const satisfies EngineEntry;
