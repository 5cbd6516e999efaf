// The interface of the tracing backend's kernels, which add nodes to a graph in place of computing.

import type { GraphBuilder, Value } from "../graph/graph.ts";

/** Adds the nodes that stand for one call of a tfjs kernel, and returns the values of its outputs. */
export type Kernel = (call: KernelCall) => Value | readonly Value[];

export interface KernelCall {
  readonly g: GraphBuilder;
  /** By tfjs's names; the tensors of a list have the keys "0", "1", … */
  readonly inputs: Record<string, Value>;
  // biome-ignore lint/suspicious/noExplicitAny: each kernel knows its own attributes, typed in tfjs's kernel_names
  readonly attrs: Record<string, any>;
}
