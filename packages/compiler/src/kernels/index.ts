// The table of kernels: tfjs's kernel name -> the nodes it becomes.

import { elementwise } from "./elementwise.ts";
import { fused } from "./fused.ts";
import { images } from "./images.ts";
import { indexing } from "./indexing.ts";
import type { Kernel } from "./kernel.ts";
import { matmul } from "./matmul.ts";
import { reductions } from "./reductions.ts";
import { shaping } from "./shaping.ts";

/** By tfjs's kernel name. For any other name tfjs throws "Cannot find registered kernel". */
export const kernels: Readonly<Record<string, Kernel>> = {
  ...elementwise,
  ...shaping,
  ...indexing,
  ...reductions,
  ...matmul,
  ...images,
  ...fused,
};
