// Conversion of a graph to double precision.

import { type Graph, GraphBuilder, type Node, type Value } from "../graph/graph.ts";
import type { Data, Type } from "../graph/types.ts";

/** Converts float32 inputs, constants and results of a graph to float64. Throws on Erf, which has no double kernel. */
export function toFloat64(graph: Graph): Graph {
  const g = new GraphBuilder();
  const converted = new Map<Value, Value>();
  for (const [name, value] of graph.inputs) converted.set(value, g.input(name, typeInFloat64(value)));
  const current = (value: Value): Value => {
    const { source } = value;
    const result =
      converted.get(value) ??
      (source.kind === "constant" ? g.constant(dataInFloat64(source.data), typeInFloat64(value)) : undefined);
    if (!result) throw new Error("float64: a node reads a value that no earlier node computes");
    converted.set(value, result);
    return result;
  };
  for (const node of graph.nodes) {
    if (node.op === "Erf") throw new Error(`float64: node ${node.name}: ONNX Runtime has no Erf in double`);
    const outputs = g.addAll(node.op, node.inputs.map(current), attrsInFloat64(node) as never);
    for (const [i, value] of node.outputs.entries()) converted.set(value, outputs[i]!);
  }
  return g.finish(new Map([...graph.outputs].map(([name, value]) => [name, current(value)])));
}

const typeInFloat64 = ({ shape, dtype }: Type): Type => ({ shape, dtype: dtype === "float32" ? "float64" : dtype });
const dataInFloat64 = (data: Data): Data => (data instanceof Float32Array ? Float64Array.from(data) : data);
const attrsInFloat64 = (node: Node) =>
  node.op === "Cast" && node.attrs.to === "float32" ? { to: "float64" as const } : node.attrs;
