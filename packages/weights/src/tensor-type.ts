// Number types of tensors, by their safetensors names, with sizes and typed arrays.

/** The number types that this package reads, by their names in safetensors files. */
export type TensorType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

/** A row-major tensor as stored in a file; F16 and BF16 as bit patterns, BOOL as bytes. */
export interface StoredTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type TensorData =
  | Float64Array
  | Float32Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

interface TypeInfo {
  readonly bytes: number;
  readonly array: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorData;
}

/**
 * Every type with its size and typed array, in the order in which the reference implementation lays out tensors: widest
 * first, so that each tensor is aligned to its element size (safetensors, `Dtype`, descending).
 */
export const tensorTypes: ReadonlyMap<TensorType, TypeInfo> = new Map<TensorType, TypeInfo>([
  ["I64", { bytes: 8, array: BigInt64Array }],
  ["F64", { bytes: 8, array: Float64Array }],
  ["F32", { bytes: 4, array: Float32Array }],
  ["I32", { bytes: 4, array: Int32Array }],
  ["BF16", { bytes: 2, array: Uint16Array }],
  ["F16", { bytes: 2, array: Uint16Array }],
  ["I16", { bytes: 2, array: Int16Array }],
  ["I8", { bytes: 1, array: Int8Array }],
  ["U8", { bytes: 1, array: Uint8Array }],
  ["BOOL", { bytes: 1, array: Uint8Array }],
]);

export function typeInfo(type: TensorType): TypeInfo {
  const info = tensorTypes.get(type);
  if (info === undefined)
    throw new Error(`unknown tensor type "${type}": wanted ${[...tensorTypes.keys()].join(", ")}`);
  return info;
}

export function isTensorType(name: string): name is TensorType {
  return tensorTypes.has(name as TensorType);
}

/** The number of elements (1 for a scalar); undefined above 2^53 - 1. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
