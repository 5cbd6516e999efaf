import type { Graph } from "../graph.ts";
import { removeDeadCode } from "./dead-code.ts";
import { expand } from "./expand.ts";

/** All passes, in their order. */
export function optimize(graph: Graph): Graph {
  return removeDeadCode(expand(removeDeadCode(graph)));
}
