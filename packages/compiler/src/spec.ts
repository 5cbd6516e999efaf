import type { DType, Type } from "./graph.ts";

// Every op of the graph: its attributes, and what types it takes and gives. Names and meanings are those of ONNX where
// ONNX has the op; what ONNX takes as a constant operand (shapes, axes, pads) is an attribute here.

type Dims = readonly number[];

/** Ops with attributes. Axes are non-negative. */
interface Attributes {
  Cast: { to: DType };
  Reshape: { shape: Dims };
  /** Broadcasts to a larger shape. */
  Expand: { shape: Dims };
  Transpose: { perm: Dims };
  Tile: { repeats: Dims };
  Concat: { axis: number };
  Split: { axis: number; sizes: Dims };
  /** One start, size and step an axis; a negative step walks down from `start`. */
  Slice: { starts: Dims; sizes: Dims; steps: Dims };
  Pad: { before: Dims; after: Dims; mode: "constant" | "reflect"; value: number };
  /** x, indices int32. */
  Gather: { axis: number };
  ReduceSum: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ReduceMin: Reduction;
  ReduceProd: Reduction;
  ArgMax: { axis: number };
  ArgMin: { axis: number };
  CumSum: { axis: number; exclusive: boolean; reverse: boolean };
  Softmax: { axis: number };
  /** alpha op(A) op(B) over the last two axes; the leading ones broadcast. */
  MatMul: { transA: boolean; transB: boolean; alpha: number };
  /** Over the last axis: x, scale, bias -> y, 1 / sqrt(var + epsilon). */
  LayerNorm: { epsilon: number };
  /** x [N, C, H, W], filter [O, C / group, H, W]. Pads are top, left, bottom, right. */
  Conv: Convolution;
  /** x [N, C, H, W], filter [C, O / group, H, W]: the gradient of Conv by its input. */
  ConvTranspose: Convolution & { outputPadding: Dims };
  MaxPool: Window;
  /** x, dy -> dx */
  MaxPoolGrad: Window;
  /** Padding is not counted. */
  AveragePool: Window;
  /** x [N, C, ...], scale, offset, mean, variance [C]: inference. */
  BatchNorm: { epsilon: number };
  /** Of [N, C, H, W] to `size` [H, W]. Nearest rounds down. */
  Resize: { size: Dims; mode: "linear" | "nearest"; halfPixel: boolean };
  LeakyRelu: { alpha: number };
  Clip: { min: number; max: number };
}
interface Convolution {
  strides: Dims;
  pads: Dims;
  dilations: Dims;
  group: number;
}
interface Window {
  kernel: Dims;
  strides: Dims;
  pads: Dims;
}
interface Reduction {
  axes: Dims;
  keepDims: boolean;
}

const float: readonly DType[] = ["float32", "float64"];
const number: readonly DType[] = [...float, "int32"];
const any: readonly DType[] = [...number, "bool"];

/** Element by element, one operand, same type out. */
const unary = {
  Abs: number,
  Neg: number,
  Sign: number,
  Exp: float,
  Log: float,
  Sqrt: float,
  Reciprocal: float,
  Sin: float,
  Cos: float,
  Tan: float,
  Asin: float,
  Acos: float,
  Atan: float,
  Sinh: float,
  Cosh: float,
  Asinh: float,
  Acosh: float,
  Atanh: float,
  Tanh: float,
  Sigmoid: float,
  Softplus: float,
  Erf: float,
  Relu: float,
  Floor: float,
  Ceil: float,
  Round: float,
  Elu: float,
  Selu: float,
  /** tanh form, as in @dit-bench/ops */
  Gelu: float,
  Not: ["bool"] as const,
};

/** Element by element with broadcasting, two operands of one dtype. */
const binary = {
  Add: number,
  Sub: number,
  Mul: number,
  /** Of int32: refused, since ONNX truncates where tfjs floors. */
  Div: float,
  Pow: float,
  Max: number,
  Min: number,
  /** C's fmod: the sign of the dividend. */
  Fmod: float,
  And: ["bool"] as const,
  Or: ["bool"] as const,
  Xor: ["bool"] as const,
};

/** Two operands, bool out. */
const comparison = {
  Equal: any,
  Less: number,
  LessOrEqual: number,
  Greater: number,
  GreaterOrEqual: number,
};

type Plain =
  | keyof typeof unary
  | keyof typeof binary
  | keyof typeof comparison
  | "IsNaN"
  | "IsInf"
  | "Where"
  | "GeluGrad";
export type Op = Plain | keyof Attributes;
export type AttrsOf<O extends Op> = O extends keyof Attributes ? Attributes[O] : Record<string, never>;
/** The rest parameters of a call that adds a node: attributes where the op has them, nothing where not. */
export type Attrs<O extends Op> = O extends keyof Attributes ? [attrs: Attributes[O]] : [];

/** The types of an op's outputs. Throws when the inputs or attributes are not what the op takes. */
export function infer<O extends Op>(op: O, name: string, inputs: readonly Type[], attrs: AttrsOf<O>): readonly Type[] {
  const spec = specs[op] as Spec<O> | undefined;
  const fail: Fail = (problem) => {
    const given = inputs.map((t) => `${t.dtype}[${t.shape}]`).join(", ");
    throw new Error(`graph: node ${name}: ${op} of (${given}) ${JSON.stringify(attrs)}: ${problem}`);
  };
  if (!spec) return fail("no such op");
  return spec(inputs, attrs, fail);
}

type Fail = (problem: string) => never;
type AnySpec = (inputs: readonly Type[], attrs: unknown, fail: Fail) => readonly Type[];
type Spec<O extends Op> = (inputs: readonly Type[], attrs: AttrsOf<O>, fail: Fail) => readonly Type[];

const specs = {
  ...mapValues(unary, unarySpec),
  ...mapValues(binary, (allowed) => binarySpec(allowed)),
  ...mapValues(comparison, (allowed) => binarySpec(allowed, "bool")),
  IsNaN: (inputs, _, fail) => [{ shape: one(inputs, float, fail).shape, dtype: "bool" }],
  IsInf: (inputs, _, fail) => [{ shape: one(inputs, float, fail).shape, dtype: "bool" }],
  LeakyRelu: (inputs, _, fail) => [one(inputs, float, fail)],
  Clip: (inputs, { min, max }, fail) => {
    if (!(min <= max)) fail("wanted min <= max");
    return [one(inputs, number, fail)];
  },
  Where: (inputs, _, fail) => {
    const [condition, a, b] = count(inputs, 3, fail) as [Type, Type, Type];
    if (condition.dtype !== "bool") fail("wanted a bool condition");
    if (a.dtype !== b.dtype) fail("wanted both choices of one dtype");
    return [{ shape: broadcast(broadcast(condition.shape, a.shape, fail), b.shape, fail), dtype: a.dtype }];
  },
  GeluGrad: (inputs, _, fail) => {
    const [dy, x, y] = count(inputs, 3, fail) as [Type, Type, Type];
    for (const t of [x, y]) if (!same(t, dy)) fail("wanted dy, x and y of one type");
    return [one([dy], float, fail)];
  },
  Cast: (inputs, { to }, fail) => [{ shape: one(inputs, any, fail).shape, dtype: to }],
  Reshape: (inputs, { shape }, fail) => {
    const x = one(inputs, any, fail);
    if (!shape.every((d) => Number.isInteger(d) && d >= 0) || size(shape) !== size(x.shape)) {
      fail(`wanted a shape of ${size(x.shape)} elements`);
    }
    return [{ shape: [...shape], dtype: x.dtype }];
  },
  Expand: (inputs, { shape }, fail) => {
    const x = one(inputs, any, fail);
    if (`${broadcast(x.shape, shape, fail)}` !== `${shape}`) fail("wanted a shape that the input broadcasts to");
    return [{ shape: [...shape], dtype: x.dtype }];
  },
  Transpose: (inputs, { perm }, fail) => {
    const x = one(inputs, any, fail);
    if (`${[...perm].sort((a, b) => a - b)}` !== `${x.shape.map((_, i) => i)}`)
      fail("wanted perm to name each axis once");
    return [{ shape: perm.map((p) => x.shape[p]!), dtype: x.dtype }];
  },
  Tile: (inputs, { repeats }, fail) => {
    const x = one(inputs, any, fail);
    if (repeats.length !== x.shape.length) fail("wanted one repeat an axis");
    return [{ shape: x.shape.map((d, i) => d * repeats[i]!), dtype: x.dtype }];
  },
  Concat: (inputs, { axis }, fail) => {
    const first = inputs[0] ?? fail("wanted at least one input");
    checkAxes(first, [axis], fail);
    for (const t of inputs) {
      const fits = t.shape.length === first.shape.length && t.shape.every((d, i) => i === axis || d === first.shape[i]);
      if (t.dtype !== first.dtype || !fits) fail(`wanted inputs that agree but on axis ${axis}`);
    }
    const total = inputs.reduce((sum, t) => sum + t.shape[axis]!, 0);
    return [{ shape: first.shape.with(axis, total), dtype: first.dtype }];
  },
  Split: (inputs, { axis, sizes }, fail) => {
    const x = one(inputs, any, fail);
    checkAxes(x, [axis], fail);
    if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis]) fail(`wanted sizes that sum to ${x.shape[axis]}`);
    return sizes.map((n) => ({ shape: x.shape.with(axis, n), dtype: x.dtype }));
  },
  Slice: (inputs, { starts, sizes, steps }, fail) => {
    const x = one(inputs, any, fail);
    if ([starts, sizes, steps].some((a) => a.length !== x.shape.length))
      fail("wanted one start, size and step an axis");
    for (const [i, d] of x.shape.entries()) {
      const [start, n, step] = [starts[i]!, sizes[i]!, steps[i]!];
      const last = start + (n - 1) * step;
      if (step === 0 || n < 0 || (n > 0 && (start < 0 || start >= d || last < 0 || last >= d)))
        fail(`axis ${i} leaves the input`);
    }
    return [{ shape: [...sizes], dtype: x.dtype }];
  },
  Pad: (inputs, { before, after }, fail) => {
    const x = one(inputs, any, fail);
    if (before.length !== x.shape.length || after.length !== x.shape.length)
      fail("wanted one pad an axis on each side");
    return [{ shape: x.shape.map((d, i) => before[i]! + d + after[i]!), dtype: x.dtype }];
  },
  Gather: (inputs, { axis }, fail) => {
    const [x, indices] = count(inputs, 2, fail) as [Type, Type];
    if (indices.dtype !== "int32") fail("wanted int32 indices");
    checkAxes(x, [axis], fail);
    return [{ shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }];
  },
  ReduceSum: reduction(number),
  ReduceMean: reduction(float),
  ReduceMax: reduction(number),
  ReduceMin: reduction(number),
  ReduceProd: reduction(number),
  ArgMax: argReduction,
  ArgMin: argReduction,
  CumSum: (inputs, { axis }, fail) => [checkAxes(one(inputs, number, fail), [axis], fail)],
  Softmax: (inputs, { axis }, fail) => [checkAxes(one(inputs, float, fail), [axis], fail)],
  MatMul: (inputs, { transA, transB }, fail) => {
    const [a, b] = count(inputs, 2, fail) as [Type, Type];
    if (a.dtype !== b.dtype || !float.includes(a.dtype)) fail("wanted two operands of one float dtype");
    if (a.shape.length < 2 || b.shape.length < 2) fail("wanted operands of at least two axes");
    const [m, k] = lastTwo(a.shape, transA);
    const [l, n] = lastTwo(b.shape, transB);
    if (k !== l) fail(`inner widths ${k} and ${l} differ`);
    return [{ shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), fail), m, n], dtype: a.dtype }];
  },
  LayerNorm: (inputs, _, fail) => {
    const [x, scale, bias] = count(inputs, 3, fail) as [Type, Type, Type];
    one([x], float, fail);
    if (x.shape.length === 0) fail("wanted at least one axis");
    for (const t of [scale, bias]) {
      if (
        t.dtype !== x.dtype ||
        `${broadcast(t.shape, x.shape, fail)}` !== `${x.shape}` ||
        t.shape.at(-1) !== x.shape.at(-1)
      ) {
        fail("wanted scale and bias that broadcast to x and share its last axis");
      }
    }
    return [x, { shape: x.shape.with(-1, 1), dtype: x.dtype }];
  },
  Conv: (inputs, { strides, pads, dilations, group }, fail) => {
    const [x, w] = imagesAndFilter(inputs, fail);
    const [O, I, ...kernel] = w.shape as [number, number, number, number];
    if (I * group !== x.shape[1] || O % group !== 0)
      fail(`filter does not fit ${x.shape[1]} channels in ${group} groups`);
    return [
      { shape: [x.shape[0]!, O, ...windows(x.shape.slice(2), kernel, strides, pads, dilations)], dtype: x.dtype },
    ];
  },
  ConvTranspose: (inputs, { strides, pads, dilations, group, outputPadding }, fail) => {
    const [x, w] = imagesAndFilter(inputs, fail);
    const [C, O, ...kernel] = w.shape as [number, number, number, number];
    if (C !== x.shape[1]) fail(`filter does not fit ${x.shape[1]} channels`);
    const sides = x.shape.slice(2).map((n, i) => {
      const reach = (kernel[i]! - 1) * dilations[i]! + 1;
      return (n - 1) * strides[i]! + reach + outputPadding[i]! - pads[i]! - pads[i + 2]!;
    });
    return [{ shape: [x.shape[0]!, O * group, ...sides], dtype: x.dtype }];
  },
  MaxPool: pool,
  AveragePool: pool,
  MaxPoolGrad: (inputs, attrs, fail) => {
    const [x, dy] = count(inputs, 2, fail) as [Type, Type];
    if (!same(pool([x], attrs, fail)[0]!, dy)) fail("wanted dy of the type that MaxPool gives");
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  BatchNorm: (inputs, _, fail) => {
    const [x, ...vectors] = count(inputs, 5, fail) as [Type, Type, Type, Type, Type];
    const C = x.shape[1] ?? fail("wanted at least two axes");
    for (const v of vectors) if (!same(v, { shape: [C], dtype: x.dtype })) fail(`wanted four vectors [${C}]`);
    return [one([x], float, fail)];
  },
  Resize: (inputs, { size }, fail) => {
    const x = one(inputs, float, fail);
    if (x.shape.length !== 4 || size.length !== 2) fail("wanted [N, C, H, W] and a size of two");
    return [{ shape: [...x.shape.slice(0, 2), ...size], dtype: x.dtype }];
  },
} satisfies { [O in Op]: Spec<O> };

function unarySpec(allowed: readonly DType[]): AnySpec {
  return (inputs, _, fail) => [one(inputs, allowed, fail)];
}

function binarySpec(allowed: readonly DType[], out?: DType): AnySpec {
  return (inputs, _, fail) => {
    const [a, b] = count(inputs, 2, fail) as [Type, Type];
    if (a.dtype !== b.dtype || !allowed.includes(a.dtype)) fail(`wanted two operands of one dtype of ${allowed}`);
    return [{ shape: broadcast(a.shape, b.shape, fail), dtype: out ?? a.dtype }];
  };
}

function reduction(allowed: readonly DType[]) {
  return (inputs: readonly Type[], { axes, keepDims }: Reduction, fail: Fail): readonly Type[] => {
    const x = checkAxes(one(inputs, allowed, fail), axes, fail);
    const shape = keepDims
      ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d))
      : x.shape.filter((_, i) => !axes.includes(i));
    return [{ shape, dtype: x.dtype }];
  };
}

function argReduction(inputs: readonly Type[], { axis }: { axis: number }, fail: Fail): readonly Type[] {
  const x = checkAxes(one(inputs, number, fail), [axis], fail);
  return [{ shape: x.shape.filter((_, i) => i !== axis), dtype: "int32" }];
}

function imagesAndFilter(inputs: readonly Type[], fail: Fail): [Type, Type] {
  const [x, w] = count(inputs, 2, fail) as [Type, Type];
  if (x.shape.length !== 4 || w.shape.length !== 4 || x.dtype !== w.dtype)
    fail("wanted [N, C, H, W] and a filter of four axes");
  return [x, w];
}

function pool(inputs: readonly Type[], { kernel, strides, pads }: Window, fail: Fail): readonly Type[] {
  const x = one(inputs, float, fail);
  if (x.shape.length !== 4) fail("wanted [N, C, H, W]");
  return [
    { shape: [...x.shape.slice(0, 2), ...windows(x.shape.slice(2), kernel, strides, pads, [1, 1])], dtype: x.dtype },
  ];
}

/** How many windows fit along each side. */
function windows(sides: Dims, kernel: Dims, strides: Dims, pads: Dims, dilations: Dims): number[] {
  return sides.map((n, i) => {
    const reach = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.floor((n + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
  });
}

function count(inputs: readonly Type[], wanted: number, fail: Fail): readonly Type[] {
  return inputs.length === wanted ? inputs : fail(`wanted ${wanted} inputs`);
}

function one(inputs: readonly Type[], allowed: readonly DType[], fail: Fail): Type {
  const [x] = count(inputs, 1, fail) as [Type];
  if (!allowed.includes(x.dtype)) fail(`wanted a dtype of ${allowed}`);
  return { shape: x.shape, dtype: x.dtype };
}

function checkAxes(x: Type, axes: Dims, fail: Fail): Type {
  if (!axes.every((a) => Number.isInteger(a) && a >= 0 && a < x.shape.length) || new Set(axes).size !== axes.length) {
    fail(`wanted axes of [0, ${x.shape.length})`);
  }
  return x;
}

function lastTwo(shape: Dims, swapped: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return swapped ? [columns, rows] : [rows, columns];
}

const same = (a: Type, b: Type) => a.dtype === b.dtype && `${a.shape}` === `${b.shape}`;

const size = (shape: Dims) => shape.reduce((a, b) => a * b, 1);

function broadcast(a: Dims, b: Dims, fail: Fail): Dims {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === y || y === 1 ? x : x === 1 ? y : fail(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

function mapValues<K extends string, A, B>(record: Record<K, A>, f: (a: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([k, v]) => [k, f(v)])) as Record<K, B>;
}
