// The engine `tfjs-node-gpu`: tensorflow.js on libtensorflow for CUDA.

import { nativeEntry } from "./eager/native-entry.ts";

export const tfjsNodeGpu = nativeEntry("tfjs-node-gpu", "op by op, libtensorflow on CUDA 11");
