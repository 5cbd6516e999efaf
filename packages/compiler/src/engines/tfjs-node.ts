// The engine `tfjs-node`: tensorflow.js on libtensorflow.

import { nativeEntry } from "./eager/native-entry.ts";

export const tfjsNode = nativeEntry("tfjs-node", "op by op, libtensorflow on the CPU");
