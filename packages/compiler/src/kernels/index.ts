import type { GraphBuilder, Value } from "../graph.ts";
import { elementwise } from "./elementwise.ts";
import { fused } from "./fused.ts";
import { images } from "./images.ts";
import { indexing } from "./indexing.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { shaping } from "./shaping.ts";

/** What a tfjs kernel becomes: nodes, added to `g`. Inputs and attributes by tfjs's names; lists have keys "0", "1", … */
export type Kernel = (call: Call) => Value | readonly Value[];

export interface Call {
  readonly g: GraphBuilder;
  readonly inputs: Record<string, Value>;
  // biome-ignore lint/suspicious/noExplicitAny: each kernel knows its own attributes, typed in tfjs's kernel_names
  readonly attrs: Record<string, any>;
}

/** By tfjs's kernel name. What is not here, tfjs refuses: "Cannot find registered kernel". */
export const kernels: Readonly<Record<string, Kernel>> = {
  ...elementwise,
  ...shaping,
  ...indexing,
  ...reductions,
  ...products,
  ...images,
  ...fused,
};
