// Every op of the graph: its attributes and element types. Names and semantics are those of ONNX if it has the op.
// Constant operands of ONNX (shapes, axes, pads) are attributes here.
//
// N = batch, C, I, O = channels, input and output channels, H, W = height and width

import type { DType } from "./types.ts";

export type Dims = readonly number[];

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
  /** One start, size and step for each axis; a negative step walks down from `start`. */
  Slice: { starts: Dims; sizes: Dims; steps: Dims };
  Pad: { before: Dims; after: Dims; mode: "constant" | "reflect"; value: number };
  /** x, indices (int32) */
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
  /** alpha op(A) op(B) over the last two axes, op transposing if asked; leading axes broadcast. */
  MatMul: { transA: boolean; transB: boolean; alpha: number };
  /** Over the last axis: x, scale, bias -> y, 1 / sqrt(variance + epsilon). */
  LayerNorm: { epsilon: number };
  /** x [N, C, H, W], filter [O, C / group, H, W]. Pads are top, left, bottom, right. */
  Conv: Convolution;
  /** x [N, C, H, W], filter [C, O / group, H, W]: the gradient of Conv with respect to its input. */
  ConvTranspose: Convolution & { outputPadding: Dims };
  MaxPool: Window;
  /** x, dy -> dx */
  MaxPoolGrad: Window;
  /** The average leaves padding out of its count. */
  AveragePool: Window;
  /** x [N, C, ...], scale, offset, mean, variance [C]: batch norm at inference. */
  BatchNorm: { epsilon: number };
  /** [N, C, H, W] resized to `size` [H, W]. `nearest` rounds coordinates down. */
  Resize: { size: Dims; mode: "linear" | "nearest"; halfPixel: boolean };
  LeakyRelu: { alpha: number };
  Clip: { min: number; max: number };
}
export interface Convolution {
  strides: Dims;
  pads: Dims;
  dilations: Dims;
  group: number;
}
export interface Window {
  kernel: Dims;
  strides: Dims;
  pads: Dims;
}
export interface Reduction {
  axes: Dims;
  keepDims: boolean;
}

export const floatTypes: readonly DType[] = ["float32", "float64"];
export const numberTypes: readonly DType[] = [...floatTypes, "int32"];
export const allTypes: readonly DType[] = [...numberTypes, "bool"];

/** Elementwise, one operand; the output has its type. */
export const unaryOps = {
  Abs: numberTypes,
  Neg: numberTypes,
  Sign: numberTypes,
  Exp: floatTypes,
  Log: floatTypes,
  Sqrt: floatTypes,
  Reciprocal: floatTypes,
  Sin: floatTypes,
  Cos: floatTypes,
  Tan: floatTypes,
  Asin: floatTypes,
  Acos: floatTypes,
  Atan: floatTypes,
  Sinh: floatTypes,
  Cosh: floatTypes,
  Asinh: floatTypes,
  Acosh: floatTypes,
  Atanh: floatTypes,
  Tanh: floatTypes,
  Sigmoid: floatTypes,
  Softplus: floatTypes,
  Erf: floatTypes,
  Relu: floatTypes,
  Floor: floatTypes,
  Ceil: floatTypes,
  Round: floatTypes,
  Elu: floatTypes,
  Selu: floatTypes,
  /** The tanh form, as in @dit-bench/ops. */
  Gelu: floatTypes,
  Not: ["bool"] as const,
};

/** Elementwise with broadcasting, two operands of one dtype. */
export const binaryOps = {
  Add: numberTypes,
  Sub: numberTypes,
  Mul: numberTypes,
  /** int32 is refused: ONNX truncates where tfjs floors. */
  Div: floatTypes,
  Pow: floatTypes,
  Max: numberTypes,
  Min: numberTypes,
  /** C's fmod: the sign of the dividend. */
  Fmod: floatTypes,
  And: ["bool"] as const,
  Or: ["bool"] as const,
  Xor: ["bool"] as const,
};

/** Elementwise with broadcasting, two operands of one dtype; the output is bool. */
export const comparisonOps = {
  Equal: allTypes,
  Less: numberTypes,
  LessOrEqual: numberTypes,
  Greater: numberTypes,
  GreaterOrEqual: numberTypes,
};

type PlainOp =
  | keyof typeof unaryOps
  | keyof typeof binaryOps
  | keyof typeof comparisonOps
  | "IsNaN"
  | "IsInf"
  | "Where"
  | "GeluGrad";
export type Op = PlainOp | keyof Attributes;
export type AttrsOf<O extends Op> = O extends keyof Attributes ? Attributes[O] : Record<string, never>;
/** Rest parameters of a call that adds a node: the attributes, or nothing for an op that has none. */
export type Attrs<O extends Op> = O extends keyof Attributes ? [attrs: Attributes[O]] : [];
