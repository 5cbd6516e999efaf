// Type inference: for every op, a rule that checks its inputs and attributes and gives the types of its outputs.
//
// N = batch, C, I, O = channels, input and output channels, H, W = height and width

import {
  type AttrsOf,
  allTypes,
  binaryOps,
  comparisonOps,
  type Dims,
  floatTypes,
  numberTypes,
  type Op,
  type Reduction,
  unaryOps,
  type Window,
} from "./ops.ts";
import { type DType, equalTypes, sizeOf, type Type } from "./types.ts";

/** The types of an op's outputs. Throws when the op does not take these inputs or attributes. */
export function inferTypes<O extends Op>(
  op: O,
  name: string,
  inputs: readonly Type[],
  attrs: AttrsOf<O>,
): readonly Type[] {
  const rule = rules[op] as Rule<O> | undefined;
  const fail: Fail = (problem) => {
    const given = inputs.map((t) => `${t.dtype}[${t.shape}]`).join(", ");
    throw new Error(`graph: node ${name}: ${op} of (${given}) ${JSON.stringify(attrs)}: ${problem}`);
  };
  if (!rule) return fail("no such op");
  return rule(inputs, attrs, fail);
}

type Fail = (problem: string) => never;
type AnyRule = (inputs: readonly Type[], attrs: unknown, fail: Fail) => readonly Type[];
type Rule<O extends Op> = (inputs: readonly Type[], attrs: AttrsOf<O>, fail: Fail) => readonly Type[];

const rules = {
  ...mapValues(unaryOps, unaryRule),
  ...mapValues(binaryOps, (allowed) => binaryRule(allowed)),
  ...mapValues(comparisonOps, (allowed) => binaryRule(allowed, "bool")),
  IsNaN: (inputs, _, fail) => [{ shape: onlyInput(inputs, floatTypes, fail).shape, dtype: "bool" }],
  IsInf: (inputs, _, fail) => [{ shape: onlyInput(inputs, floatTypes, fail).shape, dtype: "bool" }],
  LeakyRelu: (inputs, _, fail) => [onlyInput(inputs, floatTypes, fail)],
  Clip: (inputs, { min, max }, fail) => {
    if (!(min <= max)) fail("wanted min <= max");
    return [onlyInput(inputs, numberTypes, fail)];
  },
  Where: (inputs, _, fail) => {
    const [condition, a, b] = expectInputs(inputs, 3, fail) as [Type, Type, Type];
    if (condition.dtype !== "bool") fail("wanted a bool condition");
    if (a.dtype !== b.dtype) fail("wanted both choices of one dtype");
    return [{ shape: broadcast(broadcast(condition.shape, a.shape, fail), b.shape, fail), dtype: a.dtype }];
  },
  GeluGrad: (inputs, _, fail) => {
    const [dy, x, y] = expectInputs(inputs, 3, fail) as [Type, Type, Type];
    for (const t of [x, y]) if (!equalTypes(t, dy)) fail("wanted dy, x and y of one type");
    return [onlyInput([dy], floatTypes, fail)];
  },
  Cast: (inputs, { to }, fail) => [{ shape: onlyInput(inputs, allTypes, fail).shape, dtype: to }],
  Reshape: (inputs, { shape }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if (!shape.every((d) => Number.isInteger(d) && d >= 0) || sizeOf(shape) !== sizeOf(x.shape)) {
      fail(`wanted a shape of ${sizeOf(x.shape)} elements`);
    }
    return [{ shape: [...shape], dtype: x.dtype }];
  },
  Expand: (inputs, { shape }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if (`${broadcast(x.shape, shape, fail)}` !== `${shape}`) fail("wanted a shape that the input broadcasts to");
    return [{ shape: [...shape], dtype: x.dtype }];
  },
  Transpose: (inputs, { perm }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if (`${[...perm].sort((a, b) => a - b)}` !== `${x.shape.map((_, i) => i)}`)
      fail("wanted perm to name each axis once");
    return [{ shape: perm.map((p) => x.shape[p]!), dtype: x.dtype }];
  },
  Tile: (inputs, { repeats }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if (repeats.length !== x.shape.length) fail("wanted one repeat for each axis");
    return [{ shape: x.shape.map((d, i) => d * repeats[i]!), dtype: x.dtype }];
  },
  Concat: (inputs, { axis }, fail) => {
    const first = inputs[0] ?? fail("wanted at least one input");
    checkAxes(first, [axis], fail);
    for (const t of inputs) {
      const fits = t.shape.length === first.shape.length && t.shape.every((d, i) => i === axis || d === first.shape[i]);
      if (t.dtype !== first.dtype || !fits) fail(`wanted inputs that differ in axis ${axis} only`);
    }
    const total = inputs.reduce((sum, t) => sum + t.shape[axis]!, 0);
    return [{ shape: first.shape.with(axis, total), dtype: first.dtype }];
  },
  Split: (inputs, { axis, sizes }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    checkAxes(x, [axis], fail);
    if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis]) fail(`wanted sizes that sum to ${x.shape[axis]}`);
    return sizes.map((n) => ({ shape: x.shape.with(axis, n), dtype: x.dtype }));
  },
  Slice: (inputs, { starts, sizes, steps }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if ([starts, sizes, steps].some((a) => a.length !== x.shape.length))
      fail("wanted one start, size and step for each axis");
    for (const [i, d] of x.shape.entries()) {
      const [start, n, step] = [starts[i]!, sizes[i]!, steps[i]!];
      const last = start + (n - 1) * step;
      if (step === 0 || n < 0 || (n > 0 && (start < 0 || start >= d || last < 0 || last >= d)))
        fail(`axis ${i} leaves the input`);
    }
    return [{ shape: [...sizes], dtype: x.dtype }];
  },
  Pad: (inputs, { before, after }, fail) => {
    const x = onlyInput(inputs, allTypes, fail);
    if (before.length !== x.shape.length || after.length !== x.shape.length)
      fail("wanted one pad for each axis on each side");
    return [{ shape: x.shape.map((d, i) => before[i]! + d + after[i]!), dtype: x.dtype }];
  },
  Gather: (inputs, { axis }, fail) => {
    const [x, indices] = expectInputs(inputs, 2, fail) as [Type, Type];
    if (indices.dtype !== "int32") fail("wanted int32 indices");
    checkAxes(x, [axis], fail);
    return [{ shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }];
  },
  ReduceSum: reduction(numberTypes),
  ReduceMean: reduction(floatTypes),
  ReduceMax: reduction(numberTypes),
  ReduceMin: reduction(numberTypes),
  ReduceProd: reduction(numberTypes),
  ArgMax: argReduction,
  ArgMin: argReduction,
  CumSum: (inputs, { axis }, fail) => [checkAxes(onlyInput(inputs, numberTypes, fail), [axis], fail)],
  Softmax: (inputs, { axis }, fail) => [checkAxes(onlyInput(inputs, floatTypes, fail), [axis], fail)],
  MatMul: (inputs, { transA, transB }, fail) => {
    const [a, b] = expectInputs(inputs, 2, fail) as [Type, Type];
    if (a.dtype !== b.dtype || !floatTypes.includes(a.dtype)) fail("wanted two operands of one float dtype");
    if (a.shape.length < 2 || b.shape.length < 2) fail("wanted operands of at least two axes");
    const [m, k] = matrixShape(a.shape, transA);
    const [l, n] = matrixShape(b.shape, transB);
    if (k !== l) fail(`inner widths ${k} and ${l} differ`);
    return [{ shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), fail), m, n], dtype: a.dtype }];
  },
  LayerNorm: (inputs, _, fail) => {
    const [x, scale, bias] = expectInputs(inputs, 3, fail) as [Type, Type, Type];
    onlyInput([x], floatTypes, fail);
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
      { shape: [x.shape[0]!, O, ...windowCounts(x.shape.slice(2), kernel, strides, pads, dilations)], dtype: x.dtype },
    ];
  },
  ConvTranspose: (inputs, { strides, pads, dilations, group, outputPadding }, fail) => {
    const [x, w] = imagesAndFilter(inputs, fail);
    const [C, O, ...kernel] = w.shape as [number, number, number, number];
    if (C !== x.shape[1]) fail(`filter does not fit ${x.shape[1]} channels`);
    const sides = x.shape.slice(2).map((n, i) => {
      const extent = (kernel[i]! - 1) * dilations[i]! + 1;
      return (n - 1) * strides[i]! + extent + outputPadding[i]! - pads[i]! - pads[i + 2]!;
    });
    return [{ shape: [x.shape[0]!, O * group, ...sides], dtype: x.dtype }];
  },
  MaxPool: pool,
  AveragePool: pool,
  MaxPoolGrad: (inputs, attrs, fail) => {
    const [x, dy] = expectInputs(inputs, 2, fail) as [Type, Type];
    if (!equalTypes(pool([x], attrs, fail)[0]!, dy)) fail("wanted dy of the type of MaxPool's output");
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  BatchNorm: (inputs, _, fail) => {
    const [x, ...vectors] = expectInputs(inputs, 5, fail) as [Type, Type, Type, Type, Type];
    const C = x.shape[1] ?? fail("wanted at least two axes");
    for (const v of vectors) if (!equalTypes(v, { shape: [C], dtype: x.dtype })) fail(`wanted four vectors [${C}]`);
    return [onlyInput([x], floatTypes, fail)];
  },
  Resize: (inputs, { size }, fail) => {
    const x = onlyInput(inputs, floatTypes, fail);
    if (x.shape.length !== 4 || size.length !== 2) fail("wanted [N, C, H, W] and a size of two");
    return [{ shape: [...x.shape.slice(0, 2), ...size], dtype: x.dtype }];
  },
} satisfies { [O in Op]: Rule<O> };

function unaryRule(allowed: readonly DType[]): AnyRule {
  return (inputs, _, fail) => [onlyInput(inputs, allowed, fail)];
}

function binaryRule(allowed: readonly DType[], out?: DType): AnyRule {
  return (inputs, _, fail) => {
    const [a, b] = expectInputs(inputs, 2, fail) as [Type, Type];
    if (a.dtype !== b.dtype || !allowed.includes(a.dtype)) fail(`wanted two operands of one dtype of ${allowed}`);
    return [{ shape: broadcast(a.shape, b.shape, fail), dtype: out ?? a.dtype }];
  };
}

function reduction(allowed: readonly DType[]) {
  return (inputs: readonly Type[], { axes, keepDims }: Reduction, fail: Fail): readonly Type[] => {
    const x = checkAxes(onlyInput(inputs, allowed, fail), axes, fail);
    const shape = keepDims
      ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d))
      : x.shape.filter((_, i) => !axes.includes(i));
    return [{ shape, dtype: x.dtype }];
  };
}

function argReduction(inputs: readonly Type[], { axis }: { axis: number }, fail: Fail): readonly Type[] {
  const x = checkAxes(onlyInput(inputs, numberTypes, fail), [axis], fail);
  return [{ shape: x.shape.filter((_, i) => i !== axis), dtype: "int32" }];
}

function imagesAndFilter(inputs: readonly Type[], fail: Fail): [Type, Type] {
  const [x, w] = expectInputs(inputs, 2, fail) as [Type, Type];
  if (x.shape.length !== 4 || w.shape.length !== 4 || x.dtype !== w.dtype)
    fail("wanted [N, C, H, W] and a filter of four axes");
  return [x, w];
}

function pool(inputs: readonly Type[], { kernel, strides, pads }: Window, fail: Fail): readonly Type[] {
  const x = onlyInput(inputs, floatTypes, fail);
  if (x.shape.length !== 4) fail("wanted [N, C, H, W]");
  return [
    {
      shape: [...x.shape.slice(0, 2), ...windowCounts(x.shape.slice(2), kernel, strides, pads, [1, 1])],
      dtype: x.dtype,
    },
  ];
}

/** The number of windows that fit along each side. */
function windowCounts(sides: Dims, kernel: Dims, strides: Dims, pads: Dims, dilations: Dims): number[] {
  return sides.map((n, i) => {
    const extent = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.floor((n + pads[i]! + pads[i + 2]! - extent) / strides[i]!) + 1;
  });
}

function expectInputs(inputs: readonly Type[], wanted: number, fail: Fail): readonly Type[] {
  return inputs.length === wanted ? inputs : fail(`wanted ${wanted} inputs`);
}

function onlyInput(inputs: readonly Type[], allowed: readonly DType[], fail: Fail): Type {
  const [x] = expectInputs(inputs, 1, fail) as [Type];
  if (!allowed.includes(x.dtype)) fail(`wanted a dtype of ${allowed}`);
  return { shape: x.shape, dtype: x.dtype };
}

function checkAxes(x: Type, axes: Dims, fail: Fail): Type {
  if (!axes.every((a) => Number.isInteger(a) && a >= 0 && a < x.shape.length) || new Set(axes).size !== axes.length) {
    fail(`wanted axes of [0, ${x.shape.length})`);
  }
  return x;
}

function matrixShape(shape: Dims, transposed: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

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
