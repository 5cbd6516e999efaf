// Kernels that move or repeat elements, and kernels that make constants.

import * as tf from "@dit-bench/tfjs";
import type { GraphBuilder, Value } from "../graph/graph.ts";
import { arrayOf, type DType, sizeOf } from "../graph/types.ts";
import type { Kernel } from "./kernel.ts";

export const shaping: Record<string, Kernel> = {
  Reshape: ({ g, inputs: { x }, attrs: { shape } }) =>
    reshape(g, x!, tf.util.inferFromImplicitShape(shape, sizeOf(x!.shape))),
  ExpandDims: ({ g, inputs: { input }, attrs: { dim } }) => {
    const at = dim < 0 ? dim + input!.shape.length + 1 : dim;
    return reshape(g, input!, input!.shape.toSpliced(at, 0, 1));
  },
  Transpose: ({ g, inputs: { x }, attrs: { perm } }) => g.add("Transpose", [x!], { perm }),
  Tile: ({ g, inputs: { x }, attrs: { reps } }) => g.add("Tile", [x!], { repeats: reps }),
  BroadcastTo: ({ g, inputs: { x }, attrs: { shape } }) => g.add("Expand", [x!], { shape }),
  Fill: ({ g, attrs: { shape, value, dtype } }) => fill(g, shape, value, dtype ?? "float32"),
  ZerosLike: ({ g, inputs: { x } }) => fill(g, x!.shape, 0, x!.dtype),
  OnesLike: ({ g, inputs: { x } }) => fill(g, x!.shape, 1, x!.dtype),
  Range: ({ g, attrs: { start, stop, step, dtype } }) => {
    const n = Math.max(0, Math.ceil((stop - start) / step));
    const values = Array.from({ length: start === stop ? 0 : n }, (_, i) => start + i * step);
    return g.constant(arrayOf(dtype as DType).from(values), { shape: [values.length], dtype });
  },
  LinSpace: ({ g, attrs: { start, stop, num } }) => {
    const step = (stop - start) / (num - 1);
    return g.constant(
      Float32Array.from({ length: num }, (_, i) => start + i * step),
      { shape: [num], dtype: "float32" },
    );
  },
  Concat: ({ g, inputs, attrs: { axis } }) => {
    const parts = tensorList(inputs);
    const nonEmpty = parts.filter((t) => sizeOf(t.shape) > 0);
    if (nonEmpty.length === 0) return parts[0]!;
    return nonEmpty.length === 1 ? nonEmpty[0]! : g.add("Concat", nonEmpty, { axis: axisOf(axis, parts[0]!) });
  },
  Pack: ({ g, inputs, attrs: { axis } }) => {
    const parts = tensorList(inputs);
    const at = axis < 0 ? axis + parts[0]!.shape.length + 1 : axis;
    const expanded = parts.map((x) => reshape(g, x, x.shape.toSpliced(at, 0, 1)));
    return expanded.length === 1 ? expanded[0]! : g.add("Concat", expanded, { axis: at });
  },
  SplitV: ({ g, inputs: { x }, attrs: { numOrSizeSplits, axis } }) => {
    const at = axisOf(axis, x!);
    const sizes = tf.backend_util.prepareSplitSize(x as unknown as tf.Tensor, numOrSizeSplits, at);
    return g.addAll("Split", [x!], { axis: at, sizes });
  },
  Unpack: ({ g, inputs: { value }, attrs: { axis } }) => {
    const at = axisOf(axis, value!);
    const parts = g.addAll("Split", [value!], { axis: at, sizes: Array(value!.shape[at]!).fill(1) });
    return parts.map((part) => reshape(g, part, part.shape.toSpliced(at, 1)));
  },
  Slice: ({ g, inputs: { x }, attrs: { begin, size } }) => {
    const [starts, sizes] = tf.slice_util.parseSliceParams(x as unknown as tf.Tensor, begin, size);
    return g.add("Slice", [x!], { starts: starts!, sizes: sizes!, steps: starts!.map(() => 1) });
  },
  StridedSlice: ({ g, inputs: { x }, attrs: a }) => {
    const info = tf.slice_util.sliceInfo(
      [...x!.shape],
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    const steps = info.strides as number[];
    const sizes = steps.map((step, i) => Math.max(0, Math.ceil((info.end[i]! - info.begin[i]!) / step)));
    const starts = info.begin.map((b, i) => (sizes[i] === 0 ? 0 : b));
    return reshape(g, g.add("Slice", [x!], { starts, sizes, steps }), info.finalShape);
  },
  Reverse: ({ g, inputs: { x }, attrs: { dims } }) => {
    const axes = tf.util.parseAxisParam(dims, [...x!.shape]);
    const starts = x!.shape.map((d, i) => (axes.includes(i) ? d - 1 : 0));
    return g.add("Slice", [x!], {
      starts,
      sizes: x!.shape,
      steps: x!.shape.map((_, i) => (axes.includes(i) ? -1 : 1)),
    });
  },
  PadV2: ({ g, inputs: { x }, attrs: { paddings, constantValue } }) => pad(g, x!, paddings, "constant", constantValue),
  MirrorPad: ({ g, inputs: { x }, attrs: { paddings, mode } }) => {
    if (mode !== "reflect") throw new Error(`mode "${mode}" is not supported, wanted "reflect"`);
    return pad(g, x!, paddings, "reflect", 0);
  },
};

/** A Reshape, or `x` itself if it has the shape. */
export function reshape(g: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return `${shape}` === `${x.shape}` && shape.length === x.shape.length ? x : g.add("Reshape", [x], { shape });
}

/** A tensor of one repeated value, as an expanded scalar. */
export function fill(g: GraphBuilder, shape: readonly number[], value: number, dtype: DType): Value {
  const scalar = g.scalar(value, dtype);
  return shape.length === 0 ? scalar : g.add("Expand", [scalar], { shape });
}

/** The axis as a number from 0 on. */
export const axisOf = (axis: number, x: Value) => tf.util.parseAxisParam(axis, [...x.shape])[0]!;

function pad(
  g: GraphBuilder,
  x: Value,
  paddings: [number, number][],
  mode: "constant" | "reflect",
  value: number,
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  return g.add("Pad", [x], { before: paddings.map((p) => p[0]), after: paddings.map((p) => p[1]), mode, value });
}

/**
 * tfjs passes a list of tensors as an object with keys "0", "1", …; JavaScript iterates over such keys in numeric
 * order.
 */
const tensorList = (inputs: Record<string, Value>): Value[] => Object.values(inputs);
