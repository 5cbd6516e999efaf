import { arrayOf, type NodeOf, sizeOf, type Value } from "../graph.ts";
import type { AttrsOf, Op } from "../spec.ts";
import type { Encoder } from "./encode.ts";
import { type Attribute, elementType } from "./model.ts";

/** How a node of the graph is written in ONNX: usually one node of the same name. */
export type Lowering<O extends Op> = (e: Encoder, node: NodeOf<O>) => void;

/** The node as it stands, under its own or another name. */
function same<O extends Op>(
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

/** The node with int64 operands after its inputs. */
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
const reduce = <O extends Reduce>(): Lowering<O> =>
  withOperands<O>(
    ({ axes }) => [axes],
    ({ keepDims }) => ({ keepdims: flag(keepDims) }),
  );

export const reduceSum = reduce<"ReduceSum">();

export type Lowerings = { readonly [O in Op]: Lowering<O> };

export const lowerings: Lowerings = {
  Abs: same(),
  Neg: same(),
  Sign: same(),
  Exp: same(),
  Log: same(),
  Sqrt: same(),
  Reciprocal: same(),
  Sin: same(),
  Cos: same(),
  Tan: same(),
  Asin: same(),
  Acos: same(),
  Atan: same(),
  Sinh: same(),
  Cosh: same(),
  Asinh: same(),
  Acosh: same(),
  Atanh: same(),
  Tanh: same(),
  Sigmoid: same(),
  Softplus: same(),
  Erf: same(),
  Relu: same(),
  Floor: same(),
  Ceil: same(),
  Round: same(),
  Elu: same(),
  Selu: same(),
  Not: same(),
  IsNaN: same(),
  IsInf: same(),
  Add: same(),
  Sub: same(),
  Mul: same(),
  Div: same(),
  Pow: same(),
  Max: same(),
  Min: same(),
  Fmod: same(() => ({ fmod: 1 }), "Mod"),
  And: same(),
  Or: same(),
  Xor: same(),
  Equal: same(),
  Less: same(),
  LessOrEqual: same(),
  Greater: same(),
  GreaterOrEqual: same(),
  Where: same(),
  LeakyRelu: same(({ alpha }) => ({ alpha: { float: alpha } })),
  Gelu: same(() => ({}), "FastGelu", "com.microsoft"),
  GeluGrad: (_, n) => {
    throw new Error(`onnx: node ${n.name}: GeluGrad must be expanded before encoding`);
  },
  Cast: same(({ to }) => ({ to: elementType[to] })),
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
  Transpose: same(({ perm }) => ({ perm })),
  Tile: withOperands(({ repeats }) => [repeats]),
  Concat: same(({ axis }) => ({ axis })),
  Split: withOperands(
    ({ sizes }) => [sizes],
    ({ axis }) => ({ axis }),
  ),
  Slice: withOperands(({ starts, sizes, steps }) => {
    // Walking down to index 0 ends before it, at -1, which ONNX would count from the end.
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
  Gather: same(({ axis }) => ({ axis })),
  ReduceSum: (e, n) => (isSumOfRows(n) ? sumOfRows(e, n) : reduceSum(e, n)),
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
  Softmax: same(({ axis }) => ({ axis })),
  MatMul: (e, n) => {
    const { transA, transB, alpha } = n.attrs;
    if (n.outputs[0]!.dtype === "float64") return transposedMatMul(e, n); // FusedMatMul has no kernel for double
    if (!transA && !transB && alpha === 1) return same<"MatMul">()(e, n);
    const attributes = { transA: flag(transA), transB: flag(transB), alpha: { float: alpha } };
    return same<"MatMul">(() => attributes, "FusedMatMul", "com.microsoft")(e, n);
  },
  Conv: same(({ strides, pads, dilations, group }) => ({ strides, pads, dilations, group })),
  ConvTranspose: same(({ strides, pads, dilations, group, outputPadding }) => ({
    strides,
    pads,
    dilations,
    group,
    output_padding: outputPadding,
  })),
  MaxPool: same(({ kernel, strides, pads }) => ({ kernel_shape: kernel, strides, pads })),
  AveragePool: same(({ kernel, strides, pads }) => ({ kernel_shape: kernel, strides, pads, count_include_pad: 0 })),
  MaxPoolGrad: (e, n) => {
    // MaxPool's second output has the flat position in x of each window's first largest element: dy is added there.
    const { kernel, strides, pads } = n.attrs;
    const [x, dy] = n.inputs as [Value, Value];
    const [size, windows] = [sizeOf(x.shape), sizeOf(dy.shape)];
    const [best, positions, flatPositions, flatDy, zeros, sums] = ["max", "at", "flat", "dy", "zeros", "sums"].map(
      (s) => e.fresh(s),
    ) as [string, string, string, string, string, string];
    const zero = e.constant(arrayOf(x.dtype).of(0), { dtype: x.dtype, shape: [] });
    e.add(n.name, "MaxPool", [e.name(x)], [best, positions], { kernel_shape: kernel, strides, pads });
    e.add(`${n.name}/positions`, "Reshape", [positions, e.int64([windows])], [flatPositions]);
    e.add(`${n.name}/dy`, "Reshape", [e.name(dy), e.int64([windows])], [flatDy]);
    e.add(`${n.name}/zeros`, "Expand", [zero, e.int64([size])], [zeros]);
    e.add(`${n.name}/add`, "ScatterElements", [zeros, flatPositions, flatDy], [sums], { axis: 0, reduction: "add" });
    e.add(`${n.name}/dx`, "Reshape", [sums, e.int64(x.shape)], [e.name(n.outputs[0]!)]);
  },
  BatchNorm: same(({ epsilon }) => ({ epsilon: { float: epsilon } }), "BatchNormalization"),
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

/** Over leading axes, with others left: a sum of the rows of a matrix. Axes of size one lead anyway. */
function isSumOfRows({ inputs: [x], attrs: { axes } }: NodeOf<"ReduceSum">): boolean {
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
 * The product of a row of ones with the matrix, which the runtime computes in 0.4 times the time of its sum over several axes on two threads
 * ([64, 64, 768] over the first two: 0.20 to 0.49 ms), and in an eighth where the batch is one ([1, 256, 1152] over the second).
 */
function sumOfRows(e: Encoder, n: NodeOf<"ReduceSum">): void {
  const [x] = n.inputs as [Value];
  const [y] = n.outputs as [Value];
  const columns = sizeOf(y.shape);
  const rows = sizeOf(x.shape) / columns;
  const [matrix, sums] = [e.fresh("matrix"), e.fresh("sums")];
  e.add(`${n.name}/matrix`, "Reshape", [e.name(x), e.int64([rows, columns])], [matrix]);
  e.add(n.name, "MatMul", [e.ones(rows, x.dtype), matrix], [sums]);
  e.add(`${n.name}/shape`, "Reshape", [sums, e.int64(y.shape)], [e.name(y)]);
}

/** ONNX gives int64. */
function argReduce(e: Encoder, n: NodeOf<"ArgMax" | "ArgMin">): void {
  const wide = e.fresh("wide");
  e.add(n.name, n.op, [e.name(n.inputs[0]!)], [wide], { axis: n.attrs.axis, keepdims: 0 });
  e.add(`${n.name}/int32`, "Cast", [wide], [e.name(n.outputs[0]!)], { to: elementType.int32 });
}

/** The operands turned first, and the product scaled afterwards. */
export function transposedMatMul(e: Encoder, n: NodeOf<"MatMul">): void {
  const [a, b] = n.inputs as [Value, Value];
  const [y] = n.outputs as [Value];
  const turned = (side: "a" | "b", x: Value, turn: boolean) => {
    if (!turn) return e.name(x);
    const axes = x.shape.map((_, i) => i);
    const name = e.fresh("turned");
    e.add(`${n.name}/turn ${side}`, "Transpose", [e.name(x)], [name], {
      perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!],
    });
    return name;
  };
  const product = n.attrs.alpha === 1 ? e.name(y) : e.fresh("product");
  e.add(n.name, "MatMul", [turned("a", a, n.attrs.transA), turned("b", b, n.attrs.transB)], [product]);
  if (n.attrs.alpha === 1) return;
  const alpha = e.constant(arrayOf(y.dtype).of(n.attrs.alpha), { dtype: y.dtype, shape: [] });
  e.add(`${n.name}/alpha`, "Mul", [product, alpha], [e.name(y)]);
}
