import { CorruptFileError } from "../corrupt-file-error.ts";
import { type StoredTensor, typeInfo } from "../tensor-type.ts";
import { type Entry, headerLength, parseHeader, prefixBytes } from "./header.ts";

/** A safetensors file's content. */
export interface Safetensors {
  /** By name, in the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file's bytes, as strictly as the reference implementation (https://github.com/huggingface/safetensors).
 * Tensors are views of `bytes` where their alignment allows it. Throws CorruptFileError, which names `source`.
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

/** The tensor of an entry over exactly its bytes, copied where they are not aligned to the element's width. */
export function tensorOf(entry: Entry, bytes: Uint8Array, source: string): StoredTensor {
  const { type, shape, count } = entry;
  const { array: TypedArray, bytes: width } = typeInfo(type);
  if (bytes.length !== count * width)
    throw new CorruptFileError(
      source,
      `tensor ${JSON.stringify(entry.name)}: ${bytes.length} of its ${count * width} bytes are there`,
    );
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return { type, shape, data: new TypedArray(buffer, byteOffset, count) };
}
