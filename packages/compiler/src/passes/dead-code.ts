// Dead code elimination.

import type { Graph, Node, Value } from "../graph/graph.ts";

/** Removes the nodes that no output depends on. Inputs stay even if unused: they are the function's signature. */
export function removeDeadCode(graph: Graph): Graph {
  const alive = new Set<Node>();
  const visit = ({ source }: Value) => {
    if (source.kind === "output") alive.add(source.node);
  };
  for (const value of graph.outputs.values()) visit(value);
  for (const node of graph.nodes.toReversed()) {
    if (alive.has(node)) for (const input of node.inputs) visit(input);
  }
  return { ...graph, nodes: graph.nodes.filter((node) => alive.has(node)) };
}
