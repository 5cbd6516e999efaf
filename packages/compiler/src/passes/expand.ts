// Expands ops that ONNX Runtime has no kernel for.

import type { Graph, GraphBuilder, NodeOf, Value } from "../graph/graph.ts";
import { rewrite } from "./rewrite.ts";

/** Replaces ops without a kernel in ONNX Runtime, in float32 or in float64, by ops that have one. */
export function expand(graph: Graph): Graph {
  return rewrite(graph, (node, g) => {
    if (node.op === "GeluGrad") return [geluGrad(g, node)];
    if (node.inputs[0]?.dtype !== "float64") return undefined;
    if (node.op === "Gelu") return [gelu(g, node.inputs[0])];
    if (node.op === "LayerNorm") return layerNorm(g, node);
    return undefined;
  });
}

/** k = 2 sqrt(2/pi) and c = 0.044715 k: gelu(x) = x sigmoid(k x + c x^3), see @dit-bench/ops. */
const k = 2 * Math.sqrt(2 / Math.PI);
const c = k * 0.044715;

function gelu(g: GraphBuilder, x: Value): Value {
  return g.add("Mul", [x, gate(g, x, g.add("Mul", [x, x]))]);
}

/** The runtime's double kernel computes 1 / sqrt(variance + epsilon) in single precision. */
function layerNorm(g: GraphBuilder, { inputs, attrs }: NodeOf<"LayerNorm">): readonly Value[] {
  const [x, scale, bias] = inputs as [Value, Value, Value];
  const mean = (v: Value) => g.add("ReduceMean", [v], { axes: [x.shape.length - 1], keepDims: true });
  const centred = g.add("Sub", [x, mean(x)]);
  const variance = g.add("Add", [mean(g.add("Mul", [centred, centred])), g.scalar(attrs.epsilon, x.dtype)]);
  const invStd = g.add("Reciprocal", [g.add("Sqrt", [variance])]);
  return [g.add("Add", [g.add("Mul", [g.add("Mul", [centred, invStd]), scale]), bias]), invStd];
}

/** dx = dy s (1 + (x - y) (k + 3 c x^2)), s = sigmoid(k x + c x^3), y = x s. */
function geluGrad(g: GraphBuilder, { inputs }: NodeOf<"GeluGrad">): Value {
  const [dy, x, y] = inputs as [Value, Value, Value];
  const square = g.add("Mul", [x, x]);
  const slope = g.add("Add", [g.add("Mul", [square, g.scalar(3 * c, x.dtype)]), g.scalar(k, x.dtype)]);
  const inside = g.add("Add", [g.add("Mul", [g.add("Sub", [x, y]), slope]), g.scalar(1, x.dtype)]);
  return g.add("Mul", [g.add("Mul", [inside, gate(g, x, square)]), dy]);
}

/** sigmoid(k x + c x^3), given x^2. */
function gate(g: GraphBuilder, x: Value, square: Value): Value {
  const inside = g.add("Add", [g.add("Mul", [square, g.scalar(c, x.dtype)]), g.scalar(k, x.dtype)]);
  return g.add("Sigmoid", [g.add("Mul", [x, inside])]);
}
