// Gathers, one-hot rows and segment sums.

import type { GraphBuilder, Value } from "../graph/graph.ts";
import { arrayOf, type DType } from "../graph/types.ts";
import type { Kernel } from "./kernel.ts";
import { axisOf, reshape } from "./shaping.ts";

export const indexing: Record<string, Kernel> = {
  GatherV2: ({ g, inputs: { x, indices }, attrs: { axis, batchDims } }) => {
    if (batchDims) throw new Error(`batchDims ${batchDims} is not supported, wanted 0`);
    return g.add("Gather", [x!, indices!], { axis: axisOf(axis, x!) });
  },
  OneHot: ({ g, inputs: { indices }, attrs: { depth, onValue, offValue, dtype } }) => {
    const isHot = oneHotMask(g, indices!, depth);
    const scalar = (value: number) => g.constant(arrayOf(dtype as DType).from([value]), { shape: [], dtype });
    return g.add("Where", [isHot, scalar(onValue), scalar(offValue)]);
  },
  /**
   * The gradient of a gather: a GEMM with a one-hot matrix. Segment ids outside [0, numSegments) are dropped, as in
   * tfjs.
   */
  UnsortedSegmentSum: ({ g, inputs: { x, segmentIds }, attrs: { numSegments } }) => {
    const [rows, ...rest] = x!.shape;
    const width = rest.reduce((a, b) => a * b, 1);
    const oneHot = g.add("Cast", [oneHotMask(g, segmentIds!, numSegments)], { to: x!.dtype });
    const sums = g.add("MatMul", [oneHot, reshape(g, x!, [rows!, width])], { transA: true, transB: false, alpha: 1 });
    return reshape(g, sums, [numSegments, ...rest]);
  },
};

/** [..., depth] bool: true if the position on the last axis equals the index. */
function oneHotMask(g: GraphBuilder, indices: Value, depth: number): Value {
  const positions = g.constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    { shape: [depth], dtype: "int32" },
  );
  return g.add("Equal", [reshape(g, indices, [...indices.shape, 1]), positions]);
}
