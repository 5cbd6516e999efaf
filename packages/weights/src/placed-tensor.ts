// A tensor with its position in a file, and a function that reads it.

import { CorruptFileError } from "./corrupt-file-error.ts";
import { type FileStamp, withSameFile } from "./read-file.ts";
import { isTensorType, type StoredTensor, type TensorData, tensorTypes, typeInfo } from "./tensor-type.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

/** A tensor of a listing, not read yet. */
export interface TensorInfo {
  /** A `TensorType`, or a type that can be listed but not read, such as C64. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly count: number;
}

export interface PlacedTensor extends TensorInfo {
  readonly file: FileStamp;
  /** File position of the first element. */
  readonly begin: number;
  /** Strides in elements; absent for a row-major tensor. */
  readonly strides?: readonly number[];
}

/** Reads the bytes of one tensor only. For a strided view it also reads the bytes between the elements. */
export function readPlaced(name: string, { type, shape, count, file, begin, strides }: PlacedTensor): StoredTensor {
  const unsupported = (problem: string) =>
    new UnsupportedFileError(file.path, `tensor ${JSON.stringify(name)}, ${type} [${shape}]: ${problem}`);
  if (!isTensorType(type)) throw unsupported(`can be listed, not read; wanted ${[...tensorTypes.keys()].join(", ")}`);
  const { array: TypedArray, bytes: width } = typeInfo(type);
  const isStrided = strides !== undefined && !isRowMajor(shape, strides);
  const span = isStrided && count > 0 ? shape.reduce((sum, n, i) => sum + (n - 1) * strides[i]!, 1) : count;
  if (span * width > Math.max(harmlessBytes, 4 * count * width))
    throw unsupported(`a view of ${count} numbers spread over ${span}; save a copy of it with .contiguous()`);
  if (count * width > Math.max(harmlessBytes, 4 * span * width))
    throw unsupported(`${count} numbers repeated out of ${span}; save the tensor that was expanded instead`);
  const bytes = withSameFile(file, (openFile) => openFile.read(begin, span * width));
  if (bytes.length !== span * width)
    throw new CorruptFileError(file.path, `tensor ${JSON.stringify(name)} is truncated`);
  const data = new TypedArray(bytes.buffer, bytes.byteOffset, span);
  return {
    type,
    shape,
    data: isStrided
      ? gatherStrided(data, shape, strides, new TypedArray(new ArrayBuffer(count * width), 0, count))
      : data,
  };
}

/** The limit of a factor of four on views and expanded tensors applies only above this size. */
const harmlessBytes = 64 << 20;

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== stride) return shape.includes(0);
    stride *= shape[i]!;
  }
  return true;
}

/** Copies strided elements into row-major order. */
function gatherStrided(
  source: TensorData,
  shape: readonly number[],
  strides: readonly number[],
  target: TensorData,
): TensorData {
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < target.length; i++) {
    target[i] = source[at]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return target;
}
