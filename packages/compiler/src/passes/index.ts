import type { DType, Graph } from "../graph.ts";
import { removeDeadCode } from "./dead-code.ts";
import { expand } from "./expand.ts";
import { toFloat64 } from "./float64.ts";

/** All passes, in their order. */
export function optimize(graph: Graph, precision: DType = "float32"): Graph {
  const alive = removeDeadCode(graph);
  return removeDeadCode(expand(precision === "float64" ? toFloat64(alive) : alive));
}
