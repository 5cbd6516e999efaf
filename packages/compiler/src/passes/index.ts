// Passes over graphs, and their order.

import type { Graph } from "../graph/graph.ts";
import type { DType } from "../graph/types.ts";
import { removeDeadCode } from "./dead-code.ts";
import { expand } from "./expand.ts";
import { toFloat64 } from "./float64.ts";
import { simplify } from "./simplify.ts";
import { exactTrigonometry } from "./trigonometry.ts";

export { exactTrigonometry, expand, removeDeadCode, simplify, toFloat64 };

/** Applies all passes. Common subexpressions and constant folding are left to ONNX Runtime, which does both. */
export function optimize(graph: Graph, precision: DType = "float32"): Graph {
  const alive = removeDeadCode(simplify(removeDeadCode(graph)));
  return removeDeadCode(expand(precision === "float64" ? toFloat64(alive) : alive));
}
