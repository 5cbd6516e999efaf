// Tensors of ONNX Runtime over arrays of ours: the runtime reads and writes the arrays where they are.

import type { DType } from "../../graph/types.ts";
import { elementType } from "../../onnx/model.ts";
import type { NativeRuntime, Pointers } from "./open-library.ts";

export interface NativeType {
  readonly dtype: DType | "float16";
  readonly shape: readonly number[];
}

/** An OrtValue, with the array whose memory it uses, if the memory is ours. */
export interface NativeValue {
  readonly pointer: bigint;
  /** Keeps the memory alive; absent for memory of the runtime's own, such as a device's. */
  readonly array?: ArrayBufferView;
}

export interface NativeValues {
  of(array: ArrayBufferView, type: NativeType): NativeValue;
  release(value: NativeValue): void;
}

/** Makes tensors. An array that is bound to one must keep its memory: no transfer, no growth of WebAssembly memory. */
export function nativeValues(runtime: NativeRuntime): NativeValues {
  return {
    of(array, { dtype, shape }) {
      const pointer = runtime.make(
        "CreateTensorWithDataAsOrtValue",
        ...[
          runtime.memory,
          array,
          array.byteLength,
          BigInt64Array.from(shape, BigInt),
          shape.length,
          elementType[dtype],
        ],
      );
      return { pointer, array };
    },
    release: ({ pointer }) => {
      runtime.plain("ReleaseValue", pointer);
    },
  };
}

/** The tensors as the runtime takes them. */
export const valuePointers = (values: readonly NativeValue[]): Pointers => ({
  array: BigUint64Array.from(values, ({ pointer }) => pointer),
  targets: values,
});

/** Texts that end with a zero byte, as the runtime takes them. */
export const texts = (runtime: NativeRuntime, list: readonly string[]): Pointers =>
  runtime.pointers(list.map((text) => new TextEncoder().encode(`${text}\0`)));
