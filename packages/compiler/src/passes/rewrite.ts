import { type Graph, GraphBuilder, type Node, type Value } from "../graph/graph.ts";

/**
 * A rule of a rewrite: given a node whose inputs have been rewritten already, returns what is to stand for its outputs,
 * adding to `g` what it needs; or undefined to keep the node as it is.
 */
export type Rule = (node: Node, g: GraphBuilder) => readonly Value[] | undefined;

/** Builds the graph again, node by node, through a rule. Rules never change a type: what stands for a value has its shape and dtype. */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const g = new GraphBuilder();
  const now = new Map<Value, Value>();
  for (const [name, value] of graph.inputs) now.set(value, g.input(name, value));
  const current = (value: Value): Value => {
    const known = now.get(value);
    if (known) return known;
    if (value.source.kind !== "constant") throw new Error("rewrite: a node reads a value that no earlier node makes");
    const made = g.constant(value.source.data, value);
    now.set(value, made);
    return made;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(current);
    const moved = { ...node, inputs } as Node;
    const made = rule(moved, g) ?? g.addAll(node.op, inputs, node.attrs as never);
    for (const [i, value] of node.outputs.entries()) {
      const replacement = made[i]!;
      if (replacement.dtype !== value.dtype || `${replacement.shape}` !== `${value.shape}`) {
        const types = [replacement, value].map((v) => `${v.dtype}[${v.shape}]`);
        throw new Error(`rewrite: ${node.name}: ${types[0]} was to stand for ${types[1]}`);
      }
      now.set(value, replacement);
    }
  }
  return g.finish(new Map([...graph.outputs].map(([name, value]) => [name, current(value)])));
}
