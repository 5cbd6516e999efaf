// Decodes the bytes of a safetensors file.

import { CorruptFileError } from "../corrupt-file-error.ts";
import { type StoredTensor, typeInfo } from "../tensor-type.ts";
import { type Entry, headerLength, parseHeader, prefixBytes } from "./header.ts";

/** The content of a safetensors file. */
export interface Safetensors {
  /** The tensors by name, in the order of their data in the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Decodes the bytes of a safetensors file, as strictly as the reference implementation
 * (https://github.com/huggingface/safetensors). Tensors are views of `bytes` if their alignment allows it. Throws
 * CorruptFileError, which names `source`.
 */
export function decodeSafetensors(bytes: Uint8Array, source = "safetensors"): Safetensors {
  const length = headerLength(bytes, bytes.length, source);
  const data = bytes.subarray(prefixBytes + length);
  const { entries, metadata } = parseHeader(bytes.subarray(prefixBytes, prefixBytes + length), data.length, source);
  const tensors = new Map(
    entries.map((entry) => [entry.name, tensorOf(entry, data.subarray(entry.begin, entry.end), source)]),
  );
  return { tensors, metadata };
}

/** Makes the tensor of an entry from its bytes. They are copied only if they are not aligned to the element size. */
export function tensorOf(entry: Entry, bytes: Uint8Array, source: string): StoredTensor {
  const { type, shape, count } = entry;
  const { array: TypedArray, bytes: width } = typeInfo(type);
  if (bytes.length !== count * width)
    throw new CorruptFileError(
      source,
      `tensor ${JSON.stringify(entry.name)}: ${bytes.length} bytes, wanted ${count * width}: truncated`,
    );
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return { type, shape, data: new TypedArray(buffer, byteOffset, count) };
}
