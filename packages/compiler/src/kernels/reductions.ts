// Reductions over axes.

import * as tf from "@dit-bench/tfjs";
import type { GraphBuilder, Value } from "../graph/graph.ts";
import type { Kernel } from "./kernel.ts";
import { axisOf } from "./shaping.ts";

type Reduce = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";

export const reductions: Record<string, Kernel> = {
  Sum: ({ g, inputs: { x }, attrs: { axis, keepDims } }) => reduce(g, "ReduceSum", boolAsInt32(g, x!), axis, keepDims),
  Mean: ({ g, inputs: { x }, attrs: { axis, keepDims } }) => {
    const floats = x!.dtype === "float32" ? x! : g.add("Cast", [x!], { to: "float32" });
    return reduce(g, "ReduceMean", floats, axis, keepDims);
  },
  Max: ({ g, inputs: { x }, attrs: { reductionIndices, keepDims } }) =>
    reduce(g, "ReduceMax", x!, reductionIndices, keepDims),
  Min: ({ g, inputs: { x }, attrs: { axis, keepDims } }) => reduce(g, "ReduceMin", x!, axis, keepDims),
  Prod: ({ g, inputs: { x }, attrs: { axis, keepDims } }) =>
    reduce(g, "ReduceProd", boolAsInt32(g, x!), axis, keepDims),
  All: ({ g, inputs: { x }, attrs: { axis, keepDims } }) =>
    g.add("Cast", [reduce(g, "ReduceMin", boolAsInt32(g, x!), axis, keepDims)], { to: "bool" }),
  Any: ({ g, inputs: { x }, attrs: { axis, keepDims } }) =>
    g.add("Cast", [reduce(g, "ReduceMax", boolAsInt32(g, x!), axis, keepDims)], { to: "bool" }),
  ArgMax: ({ g, inputs: { x }, attrs: { axis } }) => g.add("ArgMax", [x!], { axis: axisOf(axis, x!) }),
  ArgMin: ({ g, inputs: { x }, attrs: { axis } }) => g.add("ArgMin", [x!], { axis: axisOf(axis, x!) }),
  Cumsum: ({ g, inputs: { x }, attrs: { axis, exclusive, reverse } }) =>
    g.add("CumSum", [x!], { axis: axisOf(axis, x!), exclusive, reverse }),
  Softmax: ({ g, inputs: { logits }, attrs: { dim } }) => g.add("Softmax", [logits!], { axis: axisOf(dim, logits!) }),
};

function reduce(g: GraphBuilder, op: Reduce, x: Value, axis: number | number[], keepDims = false): Value {
  const axes = tf.util.parseAxisParam(axis, [...x.shape]);
  return axes.length === 0 ? x : g.add(op, [x], { axes, keepDims });
}

/** tfjs sums bools as int32. */
const boolAsInt32 = (g: GraphBuilder, x: Value) => (x.dtype === "bool" ? g.add("Cast", [x], { to: "int32" }) : x);
