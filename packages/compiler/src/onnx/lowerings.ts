// The table of lowerings: how every op of the graph is written in ONNX, unless a provider replaces it.

import type { NodeOf, Value } from "../graph/graph.ts";
import type { AttrsOf, Op } from "../graph/ops.ts";
import { arrayOf, sizeOf } from "../graph/types.ts";
import type { Lowering, Lowerings, ModelWriter } from "./lowering.ts";
import { type Attribute, elementType } from "./model.ts";

/** The usual lowering of every op. */
export const lowerings: Lowerings = {
  Abs: sameNode(),
  Neg: sameNode(),
  Sign: sameNode(),
  Exp: sameNode(),
  Log: sameNode(),
  Sqrt: sameNode(),
  Reciprocal: sameNode(),
  Sin: sameNode(),
  Cos: sameNode(),
  Tan: sameNode(),
  Asin: sameNode(),
  Acos: sameNode(),
  Atan: sameNode(),
  Sinh: sameNode(),
  Cosh: sameNode(),
  Asinh: sameNode(),
  Acosh: sameNode(),
  Atanh: sameNode(),
  Tanh: sameNode(),
  Sigmoid: sameNode(),
  Softplus: sameNode(),
  Erf: sameNode(),
  Relu: sameNode(),
  Floor: sameNode(),
  Ceil: sameNode(),
  Round: sameNode(),
  Elu: sameNode(),
  Selu: sameNode(),
  Not: sameNode(),
  IsNaN: sameNode(),
  IsInf: sameNode(),
  Add: sameNode(),
  Sub: sameNode(),
  Mul: sameNode(),
  Div: sameNode(),
  Pow: sameNode(),
  Max: sameNode(),
  Min: sameNode(),
  Fmod: sameNode(() => ({ fmod: 1 }), "Mod"),
  And: sameNode(),
  Or: sameNode(),
  Xor: sameNode(),
  Equal: sameNode(),
  Less: sameNode(),
  LessOrEqual: sameNode(),
  Greater: sameNode(),
  GreaterOrEqual: sameNode(),
  Where: sameNode(),
  LeakyRelu: sameNode(({ alpha }) => ({ alpha: { float: alpha } })),
  Gelu: sameNode(() => ({}), "FastGelu", "com.microsoft"),
  GeluGrad: (_, n) => {
    throw new Error(`onnx: node ${n.name}: GeluGrad must be expanded before encoding`);
  },
  Cast: sameNode(({ to }) => ({ to: elementType[to] })),
  Clip: (e, n) => {
    const [x] = n.inputs as [Value];
    const bound = (value: number) => e.constant(arrayOf(x.dtype).from([value]), { dtype: x.dtype, shape: [] });
    e.add(n.name, "Clip", [e.name(x), bound(n.attrs.min), bound(n.attrs.max)], [e.name(n.outputs[0]!)]);
  },
  Reshape: withOperands(
    ({ shape }) => [shape],
    () => ({ allowzero: 1 }),
  ),
  Expand: withOperands(({ shape }) => [shape]),
  Transpose: sameNode(({ perm }) => ({ perm })),
  Tile: withOperands(({ repeats }) => [repeats]),
  Concat: sameNode(({ axis }) => ({ axis })),
  Split: withOperands(
    ({ sizes }) => [sizes],
    ({ axis }) => ({ axis }),
  ),
  Slice: withOperands(({ starts, sizes, steps }) => {
    // A negative step that reaches index 0 ends at -1, which ONNX would count from the end.
    const ends = starts.map((start, i) => {
      const end = start + sizes[i]! * steps[i]!;
      return end < 0 ? -(2 ** 31) : end;
    });
    return [starts, ends, starts.map((_, i) => i), steps];
  }),
  Pad: (e, n) => {
    const { before, after, mode, value } = n.attrs;
    const [x] = n.inputs as [Value];
    const fill = e.constant(arrayOf(x.dtype).from([value]), { dtype: x.dtype, shape: [] });
    e.add(n.name, "Pad", [e.name(x), e.int64([...before, ...after]), fill], [e.name(n.outputs[0]!)], { mode });
  },
  Gather: sameNode(({ axis }) => ({ axis })),
  ReduceSum: (e, n) => (sumsRows(n) ? sumOfRows(e, n) : reduceSum(e, n)),
  ReduceMean: reduce(),
  ReduceMax: reduce(),
  ReduceMin: reduce(),
  ReduceProd: reduce(),
  ArgMax: argReduce,
  ArgMin: argReduce,
  CumSum: (e, n) => {
    const { axis, exclusive, reverse } = n.attrs;
    const attributes = { exclusive: flag(exclusive), reverse: flag(reverse) };
    e.add(n.name, "CumSum", [e.name(n.inputs[0]!), e.int64([axis], [])], [e.name(n.outputs[0]!)], attributes);
  },
  Softmax: sameNode(({ axis }) => ({ axis })),
  MatMul: (e, n) => {
    const { transA, transB, alpha } = n.attrs;
    if (n.outputs[0]!.dtype === "float64") return transposedMatMul(e, n); // FusedMatMul has no double kernel
    if (!transA && !transB && alpha === 1) return sameNode<"MatMul">()(e, n);
    const attributes = { transA: flag(transA), transB: flag(transB), alpha: { float: alpha } };
    return sameNode<"MatMul">(() => attributes, "FusedMatMul", "com.microsoft")(e, n);
  },
  Conv: sameNode(({ strides, pads, dilations, group }) => ({ strides, pads, dilations, group })),
  ConvTranspose: sameNode(({ strides, pads, dilations, group, outputPadding }) => ({
    strides,
    pads,
    dilations,
    group,
    output_padding: outputPadding,
  })),
  MaxPool: sameNode(({ kernel, strides, pads }) => ({ kernel_shape: kernel, strides, pads })),
  AveragePool: sameNode(({ kernel, strides, pads }) => ({ kernel_shape: kernel, strides, pads, count_include_pad: 0 })),
  MaxPoolGrad: (e, n) => {
    // MaxPool's second output is the flat index in x of each window's first largest element: dy is added there.
    const { kernel, strides, pads } = n.attrs;
    const [x, dy] = n.inputs as [Value, Value];
    const [size, windows] = [sizeOf(x.shape), sizeOf(dy.shape)];
    const [largest, positions, flatPositions, flatDy, zeros, sums] = ["max", "at", "flat", "dy", "zeros", "sums"].map(
      (s) => e.fresh(s),
    ) as [string, string, string, string, string, string];
    const zero = e.constant(arrayOf(x.dtype).of(0), { dtype: x.dtype, shape: [] });
    e.add(n.name, "MaxPool", [e.name(x)], [largest, positions], { kernel_shape: kernel, strides, pads });
    e.add(`${n.name}/positions`, "Reshape", [positions, e.int64([windows])], [flatPositions]);
    e.add(`${n.name}/dy`, "Reshape", [e.name(dy), e.int64([windows])], [flatDy]);
    e.add(`${n.name}/zeros`, "Expand", [zero, e.int64([size])], [zeros]);
    e.add(`${n.name}/add`, "ScatterElements", [zeros, flatPositions, flatDy], [sums], { axis: 0, reduction: "add" });
    e.add(`${n.name}/dx`, "Reshape", [sums, e.int64(x.shape)], [e.name(n.outputs[0]!)]);
  },
  BatchNorm: sameNode(({ epsilon }) => ({ epsilon: { float: epsilon } }), "BatchNormalization"),
  Resize: (e, n) => {
    const { size, mode, halfPixel } = n.attrs;
    const [x] = n.inputs as [Value];
    e.add(n.name, "Resize", [e.name(x), "", "", e.int64([...x.shape.slice(0, 2), ...size])], [e.name(n.outputs[0]!)], {
      mode,
      coordinate_transformation_mode: halfPixel ? "half_pixel" : "asymmetric",
      nearest_mode: "floor",
    });
  },
  LayerNorm: (e, n) => {
    const [y, invStd] = n.outputs as [Value, Value];
    const names = [e.name(y), e.fresh("mean"), e.name(invStd)];
    e.add(
      n.name,
      "LayerNormalization",
      n.inputs.map((v) => e.name(v)),
      names,
      { axis: -1, epsilon: { float: n.attrs.epsilon } },
    );
  },
};

/** One ONNX node with the same inputs and outputs, of the same or another op. */
function sameNode<O extends Op>(
  attributes: (attrs: AttrsOf<O>) => Record<string, Attribute> = () => ({}),
  op?: string,
  domain = "",
): Lowering<O> {
  return (e, n) =>
    e.add(
      n.name,
      op ?? n.op,
      n.inputs.map((v) => e.name(v)),
      n.outputs.map((v) => e.name(v)),
      attributes(n.attrs),
      domain,
    );
}

/** One ONNX node of the same op, with int64 operands after its inputs. */
function withOperands<O extends Op>(
  operands: (attrs: AttrsOf<O>) => (readonly number[])[],
  attributes: (attrs: AttrsOf<O>) => Record<string, Attribute> = () => ({}),
): Lowering<O> {
  return (e, n) => {
    const inputs = [...n.inputs.map((v) => e.name(v)), ...operands(n.attrs).map((o) => e.int64(o))];
    e.add(
      n.name,
      n.op,
      inputs,
      n.outputs.map((v) => e.name(v)),
      attributes(n.attrs),
    );
  };
}

const flag = (b: boolean) => (b ? 1 : 0);
type Reduce = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd";
function reduce<O extends Reduce>(): Lowering<O> {
  return withOperands<O>(
    ({ axes }) => [axes],
    ({ keepDims }) => ({ keepdims: flag(keepDims) }),
  );
}

/** The runtime's own ReduceSum. */
export const reduceSum = reduce<"ReduceSum">();

/** True if the sum is over leading axes only, so that it sums the rows of a matrix. Axes of size one are ignored. */
function sumsRows({ inputs: [x], attrs: { axes } }: NodeOf<"ReduceSum">): boolean {
  const { shape, dtype } = x!;
  const summed = axes.filter((a) => shape[a] !== 1);
  const before = shape.slice(0, Math.max(...axes) + 1).filter((d) => d !== 1).length;
  return (
    dtype !== "int32" &&
    sizeOf(shape) > 0 &&
    summed.length > 0 &&
    before === summed.length &&
    axes.length < shape.length
  );
}

/**
 * A row of ones times the matrix. On the CPU with two threads the runtime multiplies in 0.20 ms where its own ReduceSum
 * takes 0.49 ([64, 64, 768] over the first two axes), and in an eighth of the time at batch 1 ([1, 256, 1152] over the
 * second).
 */
function sumOfRows(e: ModelWriter, n: NodeOf<"ReduceSum">): void {
  const [x] = n.inputs as [Value];
  const [y] = n.outputs as [Value];
  const columns = sizeOf(y.shape);
  const rows = sizeOf(x.shape) / columns;
  const [matrix, sums] = [e.fresh("matrix"), e.fresh("sums")];
  e.add(`${n.name}/matrix`, "Reshape", [e.name(x), e.int64([rows, columns])], [matrix]);
  e.add(n.name, "MatMul", [e.ones(rows, x.dtype), matrix], [sums]);
  e.add(`${n.name}/shape`, "Reshape", [sums, e.int64(y.shape)], [e.name(y)]);
}

/** ONNX's ArgMax and ArgMin give int64. */
function argReduce(e: ModelWriter, n: NodeOf<"ArgMax" | "ArgMin">): void {
  const indices = e.fresh("wide");
  e.add(n.name, n.op, [e.name(n.inputs[0]!)], [indices], { axis: n.attrs.axis, keepdims: 0 });
  e.add(`${n.name}/int32`, "Cast", [indices], [e.name(n.outputs[0]!)], { to: elementType.int32 });
}

/** Transposes the operands if asked, multiplies, and scales the result. */
export function transposedMatMul(e: ModelWriter, n: NodeOf<"MatMul">): void {
  const [a, b] = n.inputs as [Value, Value];
  const [y] = n.outputs as [Value];
  const operand = (side: "a" | "b", x: Value, transposed: boolean) => {
    if (!transposed) return e.name(x);
    const axes = x.shape.map((_, i) => i);
    const name = e.fresh("transposed");
    e.add(`${n.name}/transpose ${side}`, "Transpose", [e.name(x)], [name], {
      perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!],
    });
    return name;
  };
  const unscaled = n.attrs.alpha === 1 ? e.name(y) : e.fresh("unscaled");
  e.add(n.name, "MatMul", [operand("a", a, n.attrs.transA), operand("b", b, n.attrs.transB)], [unscaled]);
  if (n.attrs.alpha === 1) return;
  const alpha = e.constant(arrayOf(y.dtype).of(n.attrs.alpha), { dtype: y.dtype, shape: [] });
  e.add(`${n.name}/alpha`, "Mul", [unscaled, alpha], [e.name(y)]);
}
