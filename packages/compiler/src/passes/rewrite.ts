// The rewriting of graphs that passes share.

import { type Graph, GraphBuilder, type Node, type Value } from "../graph/graph.ts";

/**
 * Rewrites one node, whose inputs are already rewritten: adds nodes to `g` and returns the values that replace the
 * node's outputs. Undefined keeps the node.
 */
export type Rule = (node: Node, g: GraphBuilder) => readonly Value[] | undefined;

/** Rebuilds a graph by a rule, node by node. Throws if a rule changes a shape or dtype. */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const g = new GraphBuilder();
  const rewritten = new Map<Value, Value>();
  for (const [name, value] of graph.inputs) rewritten.set(value, g.input(name, value));
  const current = (value: Value): Value => {
    const known = rewritten.get(value);
    if (known) return known;
    if (value.source.kind !== "constant")
      throw new Error("rewrite: a node reads a value that no earlier node computes");
    const constant = g.constant(value.source.data, value);
    rewritten.set(value, constant);
    return constant;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(current);
    const withNewInputs = { ...node, inputs } as Node;
    const replacements = rule(withNewInputs, g) ?? g.addAll(node.op, inputs, node.attrs as never);
    for (const [i, value] of node.outputs.entries()) {
      const replacement = replacements[i]!;
      if (replacement.dtype !== value.dtype || `${replacement.shape}` !== `${value.shape}`) {
        const types = [replacement, value].map((v) => `${v.dtype}[${v.shape}]`);
        throw new Error(`rewrite: ${node.name}: ${types[0]} cannot replace ${types[1]}`);
      }
      rewritten.set(value, replacement);
    }
  }
  return g.finish(new Map([...graph.outputs].map(([name, value]) => [name, current(value)])));
}
