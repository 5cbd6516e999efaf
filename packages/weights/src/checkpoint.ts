// An opened file of weights. It lists the tensors, and reads each tensor on request.

import { float32, isFloatingPoint } from "./float32.ts";
import { type PlacedTensor, readPlaced, type TensorInfo } from "./placed-tensor.ts";
import type { StoredTensor } from "./tensor-type.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

/** The tensors of a file of weights. The file is opened again for each tensor that is read. */
export interface Checkpoint {
  /** The path that was opened. */
  readonly source: string;
  /** `safetensors`, `PyTorch zip` or `PyTorch legacy`; if there are several files, the formats of all of them. */
  readonly format: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Plain values in the file beside its tensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Messages for the user about what was chosen and what was skipped. */
  readonly notes: readonly string[];
  /** Reads a tensor in its stored number type. */
  read(name: string): StoredTensor;
  /** Reads a tensor of floating-point numbers as float32. */
  float32(name: string): Float32Array;
}

export interface CheckpointParts {
  readonly source: string;
  readonly format: string;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly notes?: readonly string[];
}

export function checkpoint({ source, format, tensors, metadata = new Map(), notes = [] }: CheckpointParts): Checkpoint {
  const read = (name: string): StoredTensor => {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new UnsupportedFileError(
        source,
        `it has no tensor ${JSON.stringify(name)}; 'bench list-weights' lists the ${tensors.size} that it has`,
      );
    return readPlaced(name, tensor);
  };
  return {
    source,
    format,
    tensors,
    metadata,
    notes,
    read,
    float32(name) {
      const tensor = read(name);
      if (!isFloatingPoint(tensor.type))
        throw new UnsupportedFileError(
          source,
          `tensor ${JSON.stringify(name)} holds ${tensor.type}: wanted floating-point numbers`,
        );
      return float32(tensor);
    },
  };
}
