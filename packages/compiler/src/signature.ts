import type * as tf from "@tensorflow/tfjs";
import { arrayOf, type Data, type DType, type GraphBuilder, sizeOf, type Type, type Value } from "./graph.ts";

/** Named arrays, row-major: what goes into a compiled function and comes out. bool is Uint8Array of 0 and 1. */
export type Values = Record<string, Data>;

export interface Spec {
  readonly shape: readonly number[];
  readonly dtype?: "float32" | "int32" | "bool";
  /** Known when compiled: a constant, for example frozen weights, and not an input of `run`. Not copied: leave it alone. */
  readonly value?: Float32Array | Int32Array | Uint8Array;
}
export type Signature = Readonly<Record<string, Spec>>;

/** What can be compiled: named tensors in, named tensors out, no values read, no side effects. */
export type TensorFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** The type of a spec. Throws on a dtype or shape that no graph can hold. */
export function typeOf({ shape, dtype = "float32" }: { shape: readonly number[]; dtype?: DType }): Type {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new Error(`dtype ${String(dtype)} is not supported, wanted float32, int32 or bool`);
  }
  if (!shape.every((d) => Number.isInteger(d) && d >= 0))
    throw new Error(`shape [${shape}] is not of whole numbers >= 0`);
  return { shape, dtype };
}

/** A constant over `data`, which is copied only where its array type is not the dtype's own. */
export function constantFrom(g: GraphBuilder, name: string, data: ArrayLike<number | boolean>, type: Type): Value {
  if (data.length !== sizeOf(type.shape)) {
    throw new Error(
      `value of ${name} has ${data.length} elements, wanted ${sizeOf(type.shape)} for shape [${type.shape}]`,
    );
  }
  const wanted = arrayOf(type.dtype);
  return g.constant(data instanceof wanted ? data : wanted.from(Array.from(data, Number)), type);
}
