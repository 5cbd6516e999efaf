// Element types and shapes of the graph's values, and the typed arrays that hold them.

/**
 * Element types. float64 serves gradient checks: traces are float32, and the pass `toFloat64` converts a whole graph.
 */
export type DType = "float32" | "float64" | "int32" | "bool";
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Type {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

export const arrayOf = (dtype: DType) => arrays[dtype];

/** Number of elements. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export const equalShapes = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export const equalTypes = (a: Type, b: Type) => a.dtype === b.dtype && equalShapes(a.shape, b.shape);

/** `an Int32Array`, `a Float32Array`, `a Uint8Array`. */
export const withArticle = (type: string): string => `${/^[AEIO]/i.test(type) ? "an" : "a"} ${type}`;
