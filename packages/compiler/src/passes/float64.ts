import { type Graph, GraphBuilder, type Node, type Value } from "../graph/graph.ts";
import type { Data, Type } from "../graph/types.ts";

/** The same graph in double precision: float32 inputs, constants and results become float64. */
export function toFloat64(graph: Graph): Graph {
  const g = new GraphBuilder();
  const now = new Map<Value, Value>();
  for (const [name, value] of graph.inputs) now.set(value, g.input(name, wide(value)));
  const current = (value: Value): Value => {
    const { source } = value;
    const made =
      now.get(value) ?? (source.kind === "constant" ? g.constant(wideData(source.data), wide(value)) : undefined);
    if (!made) throw new Error("float64: a node reads a value that no earlier node makes");
    now.set(value, made);
    return made;
  };
  for (const node of graph.nodes) {
    if (node.op === "Erf") throw new Error(`float64: node ${node.name}: ONNX Runtime has no Erf in double`);
    const made = g.addAll(node.op, node.inputs.map(current), wideAttrs(node) as never);
    for (const [i, value] of node.outputs.entries()) now.set(value, made[i]!);
  }
  return g.finish(new Map([...graph.outputs].map(([name, value]) => [name, current(value)])));
}

const wide = ({ shape, dtype }: Type): Type => ({ shape, dtype: dtype === "float32" ? "float64" : dtype });
const wideData = (data: Data): Data => (data instanceof Float32Array ? Float64Array.from(data) : data);
const wideAttrs = (node: Node) =>
  node.op === "Cast" && node.attrs.to === "float32" ? { to: "float64" as const } : node.attrs;
