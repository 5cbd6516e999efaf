// Elementwise kernels.

import type { Value } from "../graph/graph.ts";
import type { Op } from "../graph/ops.ts";
import type { Kernel } from "./kernel.ts";

const unary: Record<string, Op> = {
  Abs: "Abs",
  Acos: "Acos",
  Acosh: "Acosh",
  Asin: "Asin",
  Asinh: "Asinh",
  Atan: "Atan",
  Atanh: "Atanh",
  Ceil: "Ceil",
  Cos: "Cos",
  Cosh: "Cosh",
  Elu: "Elu",
  Erf: "Erf",
  Exp: "Exp",
  Floor: "Floor",
  IsInf: "IsInf",
  IsNan: "IsNaN",
  Log: "Log",
  LogicalNot: "Not",
  Neg: "Neg",
  Reciprocal: "Reciprocal",
  Relu: "Relu",
  Round: "Round",
  Selu: "Selu",
  Sigmoid: "Sigmoid",
  Sign: "Sign",
  Sin: "Sin",
  Sinh: "Sinh",
  Softplus: "Softplus",
  Sqrt: "Sqrt",
  Tan: "Tan",
  Tanh: "Tanh",
};

const binary: Record<string, Op> = {
  Add: "Add",
  Equal: "Equal",
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
  LogicalAnd: "And",
  LogicalOr: "Or",
  LogicalXor: "Xor",
  Maximum: "Max",
  Minimum: "Min",
  Multiply: "Mul",
  Pow: "Pow",
  RealDiv: "Div",
  Sub: "Sub",
};

export const elementwise: Record<string, Kernel> = {
  ...Object.fromEntries(
    Object.entries(unary).map(([name, op]): [string, Kernel] => [
      name,
      ({ g, inputs: { x } }) => g.add(op as "Abs", [x!]),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(binary).map(([name, op]): [string, Kernel] => [
      name,
      ({ g, inputs: { a, b } }) => g.add(op as "Add", [a!, b!]),
    ]),
  ),
  AddN: ({ g, inputs }) => Object.values(inputs).reduce((a, b) => g.add("Add", [a, b])),
  Cast: ({ g, inputs: { x }, attrs: { dtype } }) => (x!.dtype === dtype ? x! : g.add("Cast", [x!], { to: dtype })),
  ClipByValue: ({ g, inputs: { x }, attrs }) =>
    g.add("Clip", [x!], { min: attrs.clipValueMin, max: attrs.clipValueMax }),
  EluGrad: ({ g, inputs: { dy, y } }) => {
    const inside = g.add("Mul", [dy!, g.add("Add", [y!, g.scalar(1)])]);
    return g.add("Where", [g.add("GreaterOrEqual", [y!, g.scalar(0)]), dy!, inside]);
  },
  /** Computed in double and cast to int32, as in tfjs: a float32 quotient that rounds up would floor too high. */
  FloorDiv: ({ g, inputs: { a, b } }) => {
    const toDouble = (x: Value) => g.add("Cast", [x], { to: "float64" });
    return g.add("Cast", [g.add("Floor", [g.add("Div", [toDouble(a!), toDouble(b!)])])], { to: "int32" });
  },
  Identity: ({ inputs: { x } }) => x!,
  IsFinite: ({ g, inputs: { x } }) => g.add("Not", [g.add("Or", [g.add("IsNaN", [x!]), g.add("IsInf", [x!])])]),
  LeakyRelu: ({ g, inputs: { x }, attrs: { alpha } }) => g.add("LeakyRelu", [x!], { alpha }),
  /** The result has the sign of the divisor, as in Python. */
  Mod: ({ g, inputs: { a, b } }) => {
    const remainder = g.add("Fmod", [a!, b!]);
    const negative = (x: Value) => g.add("Less", [x, g.scalar(0)]);
    const sameSign = g.add("Not", [g.add("Xor", [negative(a!), negative(b!)])]);
    return g.add("Where", [sameSign, remainder, g.add("Fmod", [g.add("Add", [remainder, b!]), b!])]);
  },
  NotEqual: ({ g, inputs: { a, b } }) => g.add("Not", [g.add("Equal", [a!, b!])]),
  Prelu: ({ g, inputs: { x, alpha } }) =>
    g.add("Where", [g.add("Less", [x!, g.scalar(0)]), g.add("Mul", [alpha!, x!]), x!]),
  Relu6: ({ g, inputs: { x } }) => g.add("Clip", [x!], { min: 0, max: 6 }),
  Rsqrt: ({ g, inputs: { x } }) => g.add("Reciprocal", [g.add("Sqrt", [x!])]),
  Select: ({ g, inputs: { condition, t, e } }) => {
    const [c, rank] = [condition!, t!.shape.length];
    // In tfjs a vector selects between the rows of tensors of higher rank.
    const byRow = c.shape.length === 1 && rank > 1;
    const shaped = byRow ? g.add("Reshape", [c], { shape: [...c.shape, ...Array(rank - 1).fill(1)] }) : c;
    return g.add("Where", [shaped, t!, e!]);
  },
  Square: ({ g, inputs: { x } }) => g.add("Mul", [x!, x!]),
  SquaredDifference: ({ g, inputs: { a, b } }) => {
    const d = g.add("Sub", [a!, b!]);
    return g.add("Mul", [d, d]);
  },
  /** 1 above zero, alpha elsewhere; NaN stays NaN, as in tfjs. */
  Step: ({ g, inputs: { x }, attrs: { alpha } }) => {
    const step = g.add("Where", [g.add("Greater", [x!, g.scalar(0)]), g.scalar(1), g.scalar(alpha ?? 0)]);
    return g.add("Where", [g.add("IsNaN", [x!]), x!, step]);
  },
};
