// Removes work that only moves or repeats values.

import {
  constantData,
  type Graph,
  type GraphBuilder,
  type Node,
  producer,
  uniformValue,
  type Value,
} from "../graph/graph.ts";
import type { Op } from "../graph/ops.ts";
import { equalShapes } from "../graph/types.ts";
import { rewrite } from "./rewrite.ts";

/**
 * Removes, without changing a bit, broadcasts before an op that itself broadcasts, multiplications by one, and chains
 * of reshapes and transposes. tfjs's gradients of sums and means have many of the first two: each multiplies by a
 * tensor of ones.
 */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node, g) => {
    const simplified = simplifyNode(node, g) ?? sinkExpands(node, g);
    return simplified && [simplified];
  });
}

/** The value that a single node simplifies to; undefined if it stays. */
function simplifyNode(node: Node, g: GraphBuilder): Value | undefined {
  const [x, y] = node.inputs as [Value, Value];
  const type = node.outputs[0]!;
  switch (node.op) {
    case "Mul":
      if (isOne(y)) return broadcastTo(g, x, type.shape);
      if (isOne(x)) return broadcastTo(g, y, type.shape);
      return undefined;
    case "Div":
      return isOne(y) ? broadcastTo(g, x, type.shape) : undefined;
    case "Cast":
      return x.dtype === type.dtype ? x : undefined;
    case "Expand":
      return equalShapes(x.shape, type.shape) ? x : undefined;
    case "Tile": {
      const repeated = node.attrs.repeats.every((r, i) => r === 1 || x.shape[i] === 1);
      return repeated ? broadcastTo(g, x, type.shape) : undefined;
    }
    case "Reshape": {
      const inner = producer(x, "Reshape");
      const source = inner ? inner.inputs[0]! : x;
      const scalar = expandedScalar(source);
      if (scalar) return broadcastTo(g, scalar, type.shape);
      const data = constantData(source);
      if (data) return g.constant(data, type);
      if (equalShapes(source.shape, type.shape)) return source;
      return inner && g.add("Reshape", [source], node.attrs);
    }
    case "Transpose": {
      const inner = producer(x, "Transpose");
      const perm = inner ? node.attrs.perm.map((p) => inner.attrs.perm[p]!) : node.attrs.perm;
      const source = inner ? inner.inputs[0]! : x;
      if (perm.every((p, i) => p === i)) return source;
      return inner && g.add("Transpose", [source], { perm });
    }
    default:
      return undefined;
  }
}

/** f(expand(a), b) = f(a, b) if b broadcasts a to the same shape; else expand(f(a, b)). */
function sinkExpands(node: Node, g: GraphBuilder): Value | undefined {
  if (!elementwise.has(node.op) || !node.inputs.some((v) => producer(v, "Expand"))) return undefined;
  const sources = node.inputs.map((v) => producer(v, "Expand")?.inputs[0] ?? v);
  return broadcastTo(g, g.add(node.op as "Add", sources, ...([node.attrs] as unknown as [])), node.outputs[0]!.shape);
}

/** Ops whose output elements depend on the same element of each input only. */
const elementwise: ReadonlySet<Op> = new Set<Op>([
  "Abs",
  "Neg",
  "Sign",
  "Exp",
  "Log",
  "Sqrt",
  "Reciprocal",
  "Sin",
  "Cos",
  "Tanh",
  "Sigmoid",
  "Relu",
  "Gelu",
  "Clip",
  "Cast",
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Max",
  "Min",
  "Equal",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
  "Where",
]);

function broadcastTo(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return equalShapes(x.shape, shape) ? x : g.add("Expand", [x], { shape });
}

/** The scalar of an Expand of a scalar; undefined for other values. */
function expandedScalar(value: Value): Value | undefined {
  const source = producer(value, "Expand")?.inputs[0];
  return source?.shape.length === 0 ? source : undefined;
}

const isOne = (value: Value) => uniformValue(expandedScalar(value) ?? value) === 1;
