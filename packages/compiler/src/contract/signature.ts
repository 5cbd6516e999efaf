// The function that an engine compiles, from named tensors to named tensors, and the signature that gives their types.

import type * as tf from "@dit-bench/tfjs";
import type { GraphBuilder, Value } from "../graph/graph.ts";
import { arrayOf, type Data, type DType, sizeOf, type Type } from "../graph/types.ts";

/** Inputs or outputs of a compiled function: named row-major arrays. bool is a Uint8Array of 0 and 1. */
export type Values = Record<string, Data>;

export interface Spec {
  readonly shape: readonly number[];
  readonly dtype?: "float32" | "int32" | "bool";
  /** Makes the input a constant, such as frozen weights, that `run` does not take. Not copied: do not write to it. */
  readonly value?: Float32Array | Int32Array | Uint8Array;
}
export type Signature = Readonly<Record<string, Spec>>;

/** A function from named tensors to named tensors that reads no values and has no side effects. */
export type TensorFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** The type of a spec. Throws on a dtype or shape that no graph can have. */
export function typeOf({ shape, dtype = "float32" }: { shape: readonly number[]; dtype?: DType }): Type {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new Error(`dtype ${String(dtype)} is not supported, wanted float32, int32 or bool`);
  }
  if (!shape.every((d) => Number.isInteger(d) && d >= 0))
    throw new Error(`shape [${shape}] is not supported, wanted whole numbers of at least 0`);
  return { shape, dtype };
}

/** A constant over `data`, which is copied only if it is not an array of the dtype's own type. */
export function constantFrom(g: GraphBuilder, name: string, data: ArrayLike<number | boolean>, type: Type): Value {
  if (data.length !== sizeOf(type.shape)) {
    throw new Error(
      `value of ${name} has ${data.length} elements, wanted ${sizeOf(type.shape)} for shape [${type.shape}]`,
    );
  }
  const arrayType = arrayOf(type.dtype);
  return g.constant(data instanceof arrayType ? data : arrayType.from(Array.from(data, Number)), type);
}
